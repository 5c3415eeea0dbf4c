using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Chaos;

/// <summary>The real command in a process of its own: <c>streamsegmenter run</c>, killed, stopped and asked from outside.</summary>
internal sealed class EngineProcess : IDisposable
{
    private const string TelemetryAt = "readiness at ";

    // As Prometheus has it: a process that is short of memory or of processors may take its time.
    private static readonly TimeSpan ScrapeTimeout = TimeSpan.FromSeconds(10);

    // As Kubernetes has it. Also what a question to a frozen process costs.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private static readonly Regex WatermarkLine = new(
        """^streamsegmenter_watermark_timestamp_seconds\{.*partition="(\d+)".*\} (\S+)""", RegexOptions.Multiline);

    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "StreamSegmenter.Host.dll");

    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly Lock _gate = new();
    private Uri? _readiness;

    /// <param name="arguments">Behind <c>run</c>.</param>
    public EngineProcess(params IEnumerable<string> arguments)
        : this(_ => { }, arguments)
    {
    }

    /// <param name="adjust">Says how it starts.</param>
    /// <param name="arguments">Behind <c>run</c>.</param>
    public EngineProcess(Action<ProcessStartInfo> adjust, params IEnumerable<string> arguments)
    {
        _process = Programs.Start(Assembly, ["run", .. arguments], start =>
        {
            start.RedirectStandardError = true;
            adjust(start);
        });
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it wrote to its standard error so far.</summary>
    public string Said
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _said);
            }
        }
    }

    /// <summary>Where it serves its telemetry; known once it has begun.</summary>
    public Uri Telemetry => Volatile.Read(ref _readiness) ?? throw new InvalidOperationException("it has not written where its telemetry is");

    /// <summary>Resident memory, bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Runs another command to its end.</summary>
    public static (int ExitCode, string Output, string Said) Run(params IEnumerable<string> arguments)
    {
        using var process = Programs.Start(Assembly, arguments, start =>
        {
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
        });
        var said = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, said.GetAwaiter().GetResult());
    }

    /// <summary>The same of one that must succeed; what it wrote to its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string RunToEnd(params IEnumerable<string> arguments)
    {
        var (exitCode, output, said) = Run(arguments);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException($"'streamsegmenter {string.Join(' ', arguments)}' ended with {exitCode}: {said}");
    }

    /// <summary>As <c>kill -9</c> does: it learns nothing of it.</summary>
    public void Kill()
    {
        Programs.Signal(_process, Programs.SigKill);
        _process.WaitForExit();
    }

    public void Terminate() => Programs.Signal(_process, Programs.SigTerm);

    /// <summary>As a terminal does that closes.</summary>
    public void HangUp() => Programs.Signal(_process, Programs.SigHup);

    public void Freeze() => Programs.Signal(_process, Programs.SigStop);

    public void Thaw() => Programs.Signal(_process, Programs.SigCont);

    /// <returns>Whether it ended within the time.</returns>
    public bool WaitForExit(TimeSpan timeout)
    {
        var ended = _process.WaitForExit(timeout);
        if (ended)
        {
            // Without a limit it also waits for the rest of what it said.
            _process.WaitForExit();
        }

        return ended;
    }

    /// <summary>What <c>/readyz</c> says: <c>ready</c>, or the first reason why it is not; <c>silent</c> when nobody answers.</summary>
    public string Readiness()
    {
        try
        {
            if (Volatile.Read(ref _readiness) is not { } address)
            {
                return "silent";
            }

            using var answer = Ask(address, ProbeTimeout);
            using var body = JsonDocument.Parse(answer.Content.ReadAsStream());
            var reasons = body.RootElement.GetProperty("components").EnumerateArray()
                .Where(component => !component.GetProperty("ok").GetBoolean())
                .Select(component => component.GetProperty("reason").GetString());
            return answer.IsSuccessStatusCode ? "ready" : reasons.FirstOrDefault() ?? "not ready";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or JsonException)
        {
            return "silent";
        }
    }

    /// <summary>Its readiness, metrics and log: what shows why it stands still.</summary>
    public string Describe()
    {
        try
        {
            return $"{Readiness()}\n\n{Metrics()}\n\n{Said}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return $"no answer: {e.Message}\n\n{Said}";
        }
    }

    /// <summary>The sum of a metric over its labels, as <c>/metrics</c> has it; 0 where it is not there.</summary>
    /// <param name="name">With its suffix.</param>
    public double Metric(string name)
    {
        return Metrics().Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>Per partition that it has, where its watermark is, milliseconds of event time; empty while it does not answer.</summary>
    public IReadOnlyDictionary<int, long> Watermarks()
    {
        var watermarks = new Dictionary<int, long>();
        try
        {
            foreach (Match line in WatermarkLine.Matches(Metrics()))
            {
                watermarks[int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)] =
                    (long)Math.Round(double.Parse(line.Groups[2].ValueSpan, CultureInfo.InvariantCulture) * 1_000);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // It starts, or has died: the next look tells.
        }

        return watermarks;
    }

    /// <summary>What <c>/metrics</c> answers.</summary>
    public string Metrics()
    {
        using var answer = Ask(new Uri(Telemetry, "/metrics"), ScrapeTimeout);
        using var text = new StreamReader(answer.Content.ReadAsStream());
        return text.ReadToEnd();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static HttpResponseMessage Ask(Uri address, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        return Http.Send(new HttpRequestMessage(HttpMethod.Get, address), patience.Token);
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _said.Add(line);
        }

        var at = line.IndexOf(TelemetryAt, StringComparison.Ordinal);
        if (at >= 0)
        {
            Volatile.Write(ref _readiness, new Uri(line[(at + TelemetryAt.Length)..].TrimEnd('"')));
        }
    }
}
