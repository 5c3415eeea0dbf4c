using System.Runtime.InteropServices;

namespace StreamSegmenter.Host;

/// <summary>Ctrl-C, SIGTERM and SIGHUP: the first one stops the program in order, another one ends it at once. Signals within a second
/// of the first are part of it: <c>timeout</c> and supervisors signal the process and then its group.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What shells and orchestrators expect of a program that a signal ended: 128 + the signal's number.</summary>
    private const int ExitCodeBase = 128;

    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _clock;
    private readonly Action<int> _end;
    private long? _first;

    /// <param name="end">Ends the process with this exit code.</param>
    public StopSignals(TimeProvider clock, Action<int> end)
    {
        _clock = clock;
        _end = end;
        _registrations =
        [
            Register(PosixSignal.SIGINT, 2),
            Register(PosixSignal.SIGTERM, 15),
            Register(PosixSignal.SIGHUP, 1),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <param name="number">The signal's, as the system counts them.</param>
    public void Receive(int number)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _first is null;
            _first ??= _clock.GetTimestamp();
        }

        if (isFirst)
        {
            _stopping.Cancel();
        }
        else if (_clock.GetElapsedTime(_first.Value) >= Repeat)
        {
            _end(ExitCodeBase + number);
        }
    }

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stopping.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Receive(number);
    });
}
