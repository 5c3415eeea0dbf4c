using System.Diagnostics;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Perf.Checkpoints;

internal static class SpillProgram
{
    public static int Run(int customers, long stateMemoryMebibytes, bool compact)
    {
        var directory = Directory.CreateTempSubdirectory("streamsegmenter-perf-").FullName;
        try
        {
            using var bench = new CheckpointBench(directory, stateMemoryMebibytes << 20);
            bench.Fill(customers);
            var store = bench.Store;
            Console.Out.WriteLine($"filled: {store.DiskBytes >> 20} MiB on disk, {store.MemoryBytes >> 20} MiB memory");
            var process = Process.GetCurrentProcess();
            var most = 0L;
            for (var round = 1; round <= 20; round++)
            {
                process.Refresh();
                var cpu = process.TotalProcessorTime;
                var started = Stopwatch.GetTimestamp();
                double longest = 0, longestCpu = 0, sum = 0, turnMax = 0;
                var slices = 0;
                for (var i = 0; i < customers; i += 1000)
                {
                    var begun = Stopwatch.GetTimestamp();
                    bench.Update(1000, customers);
                    turnMax = Math.Max(turnMax, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    if (compact && store.Compaction.IsDue)
                    {
                        var c0 = ThreadCpu.Milliseconds();
                        var t0 = Stopwatch.GetTimestamp();
                        store.Compaction.Turn();
                        var ms = Stopwatch.GetElapsedTime(t0).TotalMilliseconds;
                        longest = Math.Max(longest, ms);
                        longestCpu = Math.Max(longestCpu, ThreadCpu.Milliseconds() - c0);
                        sum += ms;
                        slices++;
                    }

                    most = Math.Max(most, store.DiskBytes);
                }

                process.Refresh();
                Console.Out.WriteLine($"round {round}: {store.DiskBytes >> 20} MiB (most {most >> 20}), {(process.TotalProcessorTime - cpu).TotalMicroseconds / customers:0.00} CPU us/update, {Stopwatch.GetElapsedTime(started).TotalMicroseconds / customers:0.00} us wall, slices {slices} sum {sum:0} ms longest {longest:0.0} cpu {longestCpu:0.0}, turn {turnMax:0.0}; live {store.Compaction.LiveBytes >> 20}");
            }

            bench.Start();
            while (bench.Checkpoints.IsRunning)
            {
                bench.Checkpoints.Turn();
            }

            var t = Stopwatch.GetTimestamp();
            var n = bench.Restart();
            Console.Out.WriteLine($"checkpoint {bench.CheckpointMebibytes} MiB; restored {n} in {Stopwatch.GetElapsedTime(t).TotalSeconds:0.00} s");
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
