using Microsoft.Extensions.Time.Testing;
using StreamSegmenter.Host;

namespace StreamSegmenter.Tests.Commands;

public sealed class StopSignalsTests : IDisposable
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly FakeTimeProvider _clock = new();
    private readonly List<int> _ended = [];
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new StopSignals(_clock, _ended.Add);

    public void Dispose() => _signals.Dispose();

    [Theory]
    [InlineData(Hangup)]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public void The_first_signal_stops_in_order(int signal)
    {
        Assert.False(_signals.Stopping.IsCancellationRequested);

        _signals.Receive(signal);

        Assert.True(_signals.Stopping.IsCancellationRequested);
        Assert.Empty(_ended);
    }

    [Fact]
    public void Repeats_within_a_second_are_the_same_signal()
    {
        _signals.Receive(Terminate);
        _signals.Receive(Terminate);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        _signals.Receive(Interrupt);

        Assert.Empty(_ended);
    }

    [Fact]
    public void A_signal_a_second_later_ends_at_once_with_its_exit_code()
    {
        _signals.Receive(Interrupt);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _signals.Receive(Terminate);

        Assert.Equal([128 + Terminate], _ended);
    }
}
