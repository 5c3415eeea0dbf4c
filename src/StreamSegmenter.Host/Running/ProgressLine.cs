using System.Globalization;
using Spectre.Console;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Running;

/// <summary>What a long command has done so far.</summary>
/// <param name="Lag">How far behind, in words; null where there is nothing to be behind of.</param>
/// <param name="WatermarkMs">Epoch milliseconds; null before the first event.</param>
/// <param name="Triggers">Null where no engine runs: then there is no watermark either.</param>
internal readonly record struct ProgressFigures(long Records, long? WatermarkMs, string? Lag, long? Triggers)
{
    /// <summary>Why it does not go on at this moment; null when it does.</summary>
    public string? Trouble { get; init; }
}

/// <summary>Shows the progress of long work: one line that changes in place on a terminal, a plain line every few seconds
/// where the output goes to a file or a pipe.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan WatchedInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PipedInterval = TimeSpan.FromSeconds(5);

    private readonly Terminal _terminal;
    private readonly IAnsiConsole? _console;
    private long _lastTimestamp;
    private long _lastRecords;

    public ProgressLine(Terminal terminal)
    {
        _terminal = terminal;
        _lastTimestamp = terminal.Time.GetTimestamp();
        _console = terminal.IsWatched
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) })
            : null;
    }

    /// <summary>Time between two lines.</summary>
    public TimeSpan Interval => _console is null ? PipedInterval : WatchedInterval;

    /// <summary>Shows the figures, rates since the last call included.</summary>
    public void Show(in ProgressFigures figures)
    {
        var seconds = _terminal.Time.GetElapsedTime(_lastTimestamp).TotalSeconds;
        var rate = seconds > 0 ? (figures.Records - _lastRecords) / seconds : 0;
        _lastTimestamp = _terminal.Time.GetTimestamp();
        _lastRecords = figures.Records;
        var text = Text(in figures, rate);
        if (_console is null)
        {
            _terminal.Error.WriteLine(text);
            return;
        }

        var width = Math.Max(20, _console.Profile.Width - 1);
        _terminal.Error.Write('\r');
        _console.Markup($"[grey]{Markup.Escape(text.Length > width ? text[..width] : text)}[/]");
        _terminal.Error.Write("\u001b[K");
    }

    /// <summary>Leaves the terminal with an empty line for what comes next.</summary>
    public void Clear()
    {
        if (_console is not null)
        {
            _terminal.Error.Write("\r\u001b[K");
        }
    }

    /// <summary>Shows the figures again and again until the work is done.</summary>
    public async Task FollowAsync(Task work, Func<ProgressFigures> figures)
    {
        while (await Task.WhenAny(work, Task.Delay(Interval, _terminal.Time)) != work)
        {
            Show(figures());
        }

        Clear();
        await work;
    }

    private static string Text(in ProgressFigures figures, double rate)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{figures.Records:N0} records  {rate:N0}/s");
        if (figures.Triggers is not { } triggers)
        {
            return text;
        }

        var watermark = figures.WatermarkMs is { } ms and > -62_135_596_800_000 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "none yet";
        var lag = figures.Lag is null ? "" : $"  lag {figures.Lag}";
        return string.Create(CultureInfo.InvariantCulture, $"{text}  watermark {watermark}{lag}  triggers {triggers:N0}{(figures.Trouble is null ? "" : "  not ready: ")}{figures.Trouble}");
    }
}
