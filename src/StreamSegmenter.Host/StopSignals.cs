using System.Runtime.InteropServices;

namespace StreamSegmenter.Host;

/// <summary>Ctrl-C and SIGTERM: the first asks the program to stop in order, the second ends it at once.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What shells and orchestrators expect of a program that a signal ended: 128 + the signal's number.</summary>
    private const int ExitCodeBase = 128;

    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<int> _end;
    private int _signals;

    /// <param name="end">Ends the process with this exit code.</param>
    public StopSignals(Action<int> end)
    {
        _end = end;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => On(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => On(context, 15)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stopping.Dispose();
    }

    private void On(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            _stopping.Cancel();
        }
        else
        {
            _end(ExitCodeBase + number);
        }
    }
}
