using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using StreamSegmenter.Perf.Results;

namespace StreamSegmenter.Perf.Micro;

/// <summary>Runs the micro-benchmarks and reduces their reports to what the results file keeps.</summary>
internal static class MicroRunner
{
    private static readonly Type[] Benchmarks =
    [
        typeof(DecodeBench), typeof(FoldBench), typeof(TimerWheelBench), typeof(CustomerStoreBench), typeof(TelemetryBench),
    ];

    /// <param name="filter">Part of a name, <c>TimerWheel</c>; null runs all.</param>
    /// <exception cref="InvalidOperationException">A benchmark failed.</exception>
    public static IReadOnlyList<MicroResult> Run(bool quick, string? filter)
    {
        var results = new List<MicroResult>();
        foreach (var type in Benchmarks)
        {
            var runInfo = BenchmarkConverter.TypeToBenchmarks(type, Config(quick, filter));
            if (runInfo.BenchmarksCases.Length > 0)
            {
                results.AddRange(Read(BenchmarkRunner.Run(runInfo)));
            }
        }

        return results;
    }

    public static string NameOf(Type type, string method) =>
        (type.Name.EndsWith("Bench", StringComparison.Ordinal) ? type.Name[..^"Bench".Length] : type.Name) + "." + method;

    private static ManualConfig Config(bool quick, string? filter)
    {
        // In this process: the separate one that BenchmarkDotNet would build knows neither this SDK's newest target
        // nor the repository's central package versions.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(quick ? 5 : 8)
            .WithIterationCount(quick ? 5 : 12)
            .WithIterationTime(TimeInterval.FromMilliseconds(quick ? 100 : 250));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Repository.Scratch)
            .WithOptions(ConfigOptions.DisableLogFile);
        return filter is null
            ? config
            : config.AddFilter(new SimpleFilter(benchmark =>
                NameOf(benchmark.Descriptor.Type, benchmark.Descriptor.WorkloadMethod.Name).Contains(filter, StringComparison.OrdinalIgnoreCase)));
    }

    private static IEnumerable<MicroResult> Read(Summary summary)
    {
        foreach (var report in summary.Reports)
        {
            var name = NameOf(report.BenchmarkCase.Descriptor.Type, report.BenchmarkCase.Descriptor.WorkloadMethod.Name);
            if (!report.Success || report.ResultStatistics is not { } statistics)
            {
                throw new InvalidOperationException($"the benchmark {name} failed; run it alone with --micro --filter {name} --verbose");
            }

            var perInvoke = report.BenchmarkCase.Descriptor.OperationsPerInvoke;
            var bytes = report.GcStats.GetTotalAllocatedBytes(excludeAllocationQuantumSideEffects: true) ?? 0;
            yield return new MicroResult(
                name, statistics.Mean, statistics.ConfidenceInterval.Margin, Math.Round(bytes / (double)Math.Max(1, report.GcStats.TotalOperations), 2));
            Console.Error.WriteLine($"  {name}: {statistics.Mean:0.0} ns, {bytes / (double)Math.Max(1, report.GcStats.TotalOperations):0.##} bytes ({perInvoke} per call)");
        }
    }
}
