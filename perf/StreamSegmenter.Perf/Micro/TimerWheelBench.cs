using BenchmarkDotNet.Attributes;
using StreamSegmenter.Time;

namespace StreamSegmenter.Perf.Micro;

/// <summary>The timer wheel with as many timers as a busy shard has carts open.</summary>
public class TimerWheelBench
{
    private const int Operations = 1_000;
    private const int Timers = 100_000;
    private const long DelayMs = 30 * 60 * 1000;
    private readonly TimerWheel _wheel = new();
    private long _nowMs = 1_700_000_000_000;

    [GlobalSetup]
    public void Arm()
    {
        for (var i = 0; i < Timers; i++)
        {
            _wheel.Arm(_nowMs + (i * DelayMs / Timers), i);
        }
    }

    /// <summary>Time moves on, a timer fires and is armed anew half an hour later; the number of timers stays.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void Fire_and_arm()
    {
        for (var done = 0; done < Operations;)
        {
            _nowMs += DelayMs / Timers;
            while (_wheel.TryPop(_nowMs, out var dueMs, out var payload))
            {
                _wheel.Arm(dueMs + DelayMs, payload);
                done++;
            }
        }
    }
}
