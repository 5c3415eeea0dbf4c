using System.Diagnostics;
using System.Globalization;
using StreamSegmenter.Perf.Results;

namespace StreamSegmenter.Perf.Checkpoints;

/// <summary>What the compaction of the spilled log gives and costs: customers of whom most lie on disk are updated at random, many times
/// over, by a lane that compacts between its batches and by one that does not; then both take a checkpoint and start anew.</summary>
internal static class SpillProgram
{
    private const int Rounds = 20;

    public static int Run(int customers, long stateMemoryMebibytes)
    {
        var machine = Machine.Describe();
        var without = Measure(customers, stateMemoryMebibytes, compacts: false);
        var with = Measure(customers, stateMemoryMebibytes, compacts: true);
        string[] lines =
        [
            $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes} GiB · {machine.System} · {machine.Runtime} · load average {machine.LoadAverage:0.0} · commit {Repository.Commit()}",
            "",
            $"{customers:N0} customers of {without.RecordBytes} bytes, {without.SpilledMebibytes:N0} MiB of them spilled, {stateMemoryMebibytes / 8:N0} MiB of memory; "
            + $"{Rounds} rounds of {customers:N0} updates at random, {CheckpointBench.BatchCustomers:N0} between two slices.",
            "",
            "| | without compaction | with it |",
            "|---|---|---|",
            .. new[] { 1, 2, 5, 10, 15, Rounds }.Select(round =>
                $"| MiB on disk after round {round} | {without.DiskMebibytes[round - 1]:N0} | {with.DiskMebibytes[round - 1]:N0} |"),
            $"| the most at any time | {without.MostMebibytes:N0} | {with.MostMebibytes:N0} |",
            $"| CPU µs of the process per update, median of the rounds | {Median(without.CpuMicroseconds):0.00} | {Median(with.CpuMicroseconds):0.00} |",
            $"| µs per update by the clock, median of the rounds | {Median(without.Microseconds):0.00} | {Median(with.Microseconds):0.00} |",
            $"| longest batch of updates, ms | {without.LongestBatchMs:0.0} | {with.LongestBatchMs:0.0} |",
            $"| slices | | {with.SliceMs.Count:N0} |",
            $"| longest slice, ms | | {with.SliceMs.Max():0.0} |",
            $"| the longest by the thread's CPU time, ms | | {with.SliceCpuMs.Max():0.0} |",
            $"| its 99th percentile, ms | | {Percentile(with.SliceMs, 0.99):0.00} |",
            $"| all of them, ms | | {with.SliceMs.Sum():0} |",
            $"| checkpoint taken then, MiB | {without.CheckpointMebibytes:N0} | {with.CheckpointMebibytes:N0} |",
            $"| restore from it, s | {without.RestoreSeconds:0.00} | {with.RestoreSeconds:0.00} |",
        ];
        foreach (var line in lines)
        {
            Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private static Figures Measure(int customers, long stateMemoryMebibytes, bool compacts)
    {
        var directory = Directory.CreateTempSubdirectory("streamsegmenter-perf-").FullName;
        try
        {
            using var bench = new CheckpointBench(directory, stateMemoryMebibytes << 20);
            var figures = new Figures { RecordBytes = bench.Fill(customers), SpilledMebibytes = bench.SpillMebibytes };
            for (var round = 0; round < Rounds; round++)
            {
                Update(bench, customers, compacts, figures);
                figures.DiskMebibytes.Add(bench.Store.DiskBytes >> 20);
            }

            bench.Start();
            while (bench.Checkpoints.IsRunning)
            {
                bench.Checkpoints.Turn();
            }

            var started = Stopwatch.GetTimestamp();
            bench.Restart();
            figures.RestoreSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            figures.CheckpointMebibytes = bench.CheckpointMebibytes;
            return figures;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Update(CheckpointBench bench, int customers, bool compacts, Figures figures)
    {
        var compaction = bench.Store.Compaction;
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < customers; i += CheckpointBench.BatchCustomers)
        {
            var batch = Stopwatch.GetTimestamp();
            bench.Update(customers);
            figures.LongestBatchMs = Math.Max(figures.LongestBatchMs, Stopwatch.GetElapsedTime(batch).TotalMilliseconds);
            if (compacts && compaction.IsDue)
            {
                var (slice, sliceCpu) = (Stopwatch.GetTimestamp(), ThreadCpu.Milliseconds());
                compaction.Turn();
                figures.SliceMs.Add(Stopwatch.GetElapsedTime(slice).TotalMilliseconds);
                figures.SliceCpuMs.Add(ThreadCpu.Milliseconds() - sliceCpu);
            }

            figures.MostMebibytes = Math.Max(figures.MostMebibytes, bench.Store.DiskBytes >> 20);
        }

        figures.CpuMicroseconds.Add((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / customers);
        figures.Microseconds.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / customers);
    }

    private static double Median(List<double> values) => Percentile(values, 0.5);

    private static double Percentile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)((sorted.Length - 1) * share)];
    }

    private sealed class Figures
    {
        public int RecordBytes { get; init; }

        public long SpilledMebibytes { get; init; }

        public List<long> DiskMebibytes { get; } = [];

        public List<double> CpuMicroseconds { get; } = [];

        public List<double> Microseconds { get; } = [];

        public List<double> SliceMs { get; } = [];

        public List<double> SliceCpuMs { get; } = [];

        public long MostMebibytes { get; set; }

        public double LongestBatchMs { get; set; }

        public long CheckpointMebibytes { get; set; }

        public double RestoreSeconds { get; set; }
    }
}
