using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What the inputs' mappings were good for.</summary>
internal static class MappingInstruments
{
    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        var inputs = telemetry.Labels.Inputs;
        meter.CreateObservableCounter(
            "streamsegmenter.filtered", () => Rows(telemetry, inputs, figures => figures.Filtered),
            "{event}", "Events that an input's condition left out.");
        meter.CreateObservableCounter(
            "streamsegmenter.rounded.amounts", () => Rows(telemetry, inputs, figures => figures.RoundedAmounts),
            "{amount}", "Amounts with more digits than their currency has.");
        meter.CreateObservableGauge(
            "streamsegmenter.mapping.unused", () => Rows(telemetry, inputs, figures => figures.Unused.Count),
            "{field}", "Fields that a mapping names and that no record had.");
    }

    private static IEnumerable<Measurement<long>> Rows(EngineTelemetry telemetry, IReadOnlyList<string> inputs, Func<MappingFigures, long> figure) =>
        inputs.Select((topic, input) => new Measurement<long>(figure(telemetry.MappingOf(input)), Observe.Label("topic", topic)));
}
