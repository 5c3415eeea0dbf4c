using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Chaos;

/// <summary>Starts assemblies as processes, and sends signals to them.</summary>
internal static partial class Programs
{
    public const int SigInt = 2;
    public const int SigHup = 1;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <param name="assembly">Beside it lies its runtimeconfig.json.</param>
    public static Process Start(string assembly, IEnumerable<string> arguments, Action<ProcessStartInfo> adjust)
    {
        // This process may be a test runner: then the runtime that runs it is found on the path.
        var own = Environment.ProcessPath!;
        var runtime = Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        var start = new ProcessStartInfo(runtime, [assembly, .. arguments]);
        // Many of them at once on few cores: they need not look for the best code first.
        start.Environment["DOTNET_TieredPGO"] = "0";
        adjust(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"'{runtime} {assembly}' cannot be started.");
    }

    /// <summary>Sends a signal; to a process that has ended: nothing.</summary>
    public static void Signal(Process process, int signal)
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
