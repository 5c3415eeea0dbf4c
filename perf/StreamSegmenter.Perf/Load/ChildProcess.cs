using System.Diagnostics;

namespace StreamSegmenter.Perf.Load;

/// <summary>This program again, in a process of its own: what is measured shares nothing with who measures.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _what;

    public ChildProcess(IReadOnlyList<string> arguments)
    {
        _what = string.Join(' ', arguments);
        var (file, prefix) = Self();
        var start = new ProcessStartInfo(file, [.. prefix, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Both programs of a ratio and every round run the same code from their first event on.
        start.Environment["DOTNET_TieredPGO"] = "1";
        _process = Process.Start(start)!;
    }

    /// <summary>The next line of its standard output.</summary>
    /// <exception cref="InvalidOperationException">It ended without one; its own words are on the standard error.</exception>
    public string ReadLine() => _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException($"'{_what}' ended without a result; see its message above");

    /// <summary>Asks it to end by closing its standard input, and waits.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static (string File, string[] Prefix) Self()
    {
        var host = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(host) == "dotnet" ? (host, [typeof(ChildProcess).Assembly.Location]) : (host, []);
    }
}
