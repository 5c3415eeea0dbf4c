using System.Diagnostics;
using System.Globalization;
using StreamSegmenter.Perf.Results;

namespace StreamSegmenter.Perf.Checkpoints;

/// <summary>What a checkpoint costs the lane that goes on meanwhile, how long it takes, and what it saves at a restart. A turn here is
/// what a lane does between two polls under load: a thousand customers at random are read and written back. The turns of a
/// checkpoint are timed by themselves, and the longest turn with one running stands beside the longest without.</summary>
internal static class CheckpointProgram
{
    private const int CustomersPerTurn = 1_000;
    private const int TurnsWithout = 2_000;

    public static int Run(int customers, long stateMemoryMebibytes)
    {
        var directory = Directory.CreateTempSubdirectory("streamsegmenter-perf-").FullName;
        try
        {
            using var bench = new CheckpointBench(directory, stateMemoryMebibytes << 20);
            var (filled, record) = Time(() => bench.Fill(customers));
            var without = Turns(bench, customers, TurnsWithout, checkpoint: false);
            var with = Turns(bench, customers, int.MaxValue, checkpoint: true);
            var fromCheckpoint = Time(() => bench.Restart());
            var fromChangelog = Time(() => bench.RestartWithout());
            Print(bench, customers, record, without, with, fromCheckpoint, fromChangelog, filled);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static TurnTimes Turns(CheckpointBench bench, int customers, int turns, bool checkpoint)
    {
        var times = new TurnTimes();
        var started = Stopwatch.GetTimestamp();
        if (checkpoint)
        {
            bench.Start();
            times.OwnMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        for (var turn = 0; turn < turns && (!checkpoint || bench.Checkpoints.IsRunning); turn++)
        {
            var begun = Stopwatch.GetTimestamp();
            bench.Touch(CustomersPerTurn, customers);
            var own = Stopwatch.GetTimestamp();
            var ownCpu = ThreadCpu.Milliseconds();
            if (checkpoint)
            {
                bench.Checkpoints.Turn();
            }

            times.CpuMs.Add(ThreadCpu.Milliseconds() - ownCpu);
            times.OwnMs.Add(Stopwatch.GetElapsedTime(own).TotalMilliseconds);
            times.WholeMs.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        times.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return times;
    }

    private static (double Seconds, T Result) Time<T>(Func<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        var result = work();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, result);
    }

    private static void Print(
        CheckpointBench bench, int customers, int recordBytes, TurnTimes without, TurnTimes with, (double Seconds, long Records) fromCheckpoint,
        (double Seconds, long Records) fromChangelog, double filled)
    {
        var machine = Machine.Describe();
        string[] lines =
        [
            $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes} GiB · {machine.System} · {machine.Runtime} · load average {machine.LoadAverage:0.0} · commit {Repository.Commit()}",
            "",
            $"{customers:N0} customers of {recordBytes} bytes, {bench.SpillMebibytes:N0} MiB of them spilled; filled in {filled:0.0} s.",
            "",
            "| | without a checkpoint | with one running |",
            "|---|---|---|",
            $"| turns of {CustomersPerTurn:N0} customers | {without.WholeMs.Count:N0} | {with.WholeMs.Count:N0} |",
            $"| longest turn, ms | {without.WholeMs.Max():0.0} | {with.WholeMs.Max():0.0} |",
            $"| turn at the 99th percentile, ms | {Percentile(without.WholeMs, 0.99):0.0} | {Percentile(with.WholeMs, 0.99):0.0} |",
            $"| median turn, ms | {Percentile(without.WholeMs, 0.5):0.00} | {Percentile(with.WholeMs, 0.5):0.00} |",
            $"| of it the checkpoint's own, longest, ms | | {with.OwnMs.Max():0.0} |",
            $"| the longest by the thread's CPU time, ms: nobody else was at work in it | | {with.CpuMs.Max():0.0} |",
            $"| its 99th percentile, ms | | {Percentile(with.OwnMs, 0.99):0.00} |",
            $"| all of it, ms | | {with.OwnMs.Sum():0} |",
            "",
            $"The checkpoint: {bench.CheckpointMebibytes:N0} MiB, {with.Seconds:0.0} s from its start until it was verified.",
            "",
            $"Restored from it: {fromCheckpoint.Records:N0} customers in {fromCheckpoint.Seconds:0.00} s. "
            + $"From the lines of a changelog that lie in memory: {fromChangelog.Records:N0} customers in {fromChangelog.Seconds:0.00} s.",
        ];
        foreach (var line in lines)
        {
            Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static double Percentile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)((sorted.Length - 1) * share)];
    }

    private sealed class TurnTimes
    {
        public List<double> WholeMs { get; } = [];

        public List<double> OwnMs { get; } = [];

        public List<double> CpuMs { get; } = [];

        public double Seconds { get; set; }
    }
}
