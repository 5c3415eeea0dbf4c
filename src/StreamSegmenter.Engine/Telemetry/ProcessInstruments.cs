using System.Diagnostics.Metrics;
using StreamSegmenter.Engine.Time;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The engine's version, lanes and clock, and the memory of the process and of .NET. An exporter adds what its library knows of
/// a process: its CPU time, its start.</summary>
internal static class ProcessInstruments
{
    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        CreateMemory(meter);
        if (telemetry.Clock is SteadyTime clock)
        {
            meter.CreateObservableGauge(
                "streamsegmenter.clock_offset", () => clock.OffsetMs / 1000.0, "s", "How far the machine's clock is ahead of the engine's.");
        }

        var version = meter.Version ?? "unknown";
        meter.CreateObservableGauge(
            "streamsegmenter.build_info", () => new Measurement<long>(1, Observe.Label("version", version)),
            null, "Always 1; the version is in the label.");
        meter.CreateObservableGauge(
            "streamsegmenter.lanes", () => (long)telemetry.Lanes.Length, "{lane}", "Lanes of this process.");
    }

    private static void CreateMemory(Meter meter)
    {
        meter.CreateObservableGauge(
            "process.resident_memory", () => Environment.WorkingSet, "By", "Resident memory size.");
        meter.CreateObservableGauge(
            "dotnet.gc.heap", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Bytes in use on the managed heap.");
        meter.CreateObservableCounter(
            "dotnet.gc.allocated", () => GC.GetTotalAllocatedBytes(precise: false), "By", "Bytes allocated on the managed heap since the start.");
        meter.CreateObservableCounter(
            "dotnet.gc.collections", Collections, "{collection}", "Garbage collections by generation.");
        meter.CreateObservableCounter(
            "dotnet.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time in which garbage collection stopped the process.");
    }

    private static IEnumerable<Measurement<long>> Collections()
    {
        // Each count includes the collections of the older generations; a label must not count one twice.
        long older = 0;
        for (var generation = GC.MaxGeneration; generation >= 0; generation--)
        {
            var count = GC.CollectionCount(generation);
            yield return new(count - older, Observe.Label("generation", generation));
            older = count;
        }
    }
}
