using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace StreamSegmenter.Host.Http;

/// <summary>Collects meters on demand: the OpenTelemetry SDK aggregates, this writes the text. Nothing runs between two scrapes.
/// The scope (meter) and the resource do not appear as labels: one meter, one process, and Prometheus adds the target's
/// own labels.</summary>
public sealed class MetricsScraper : IDisposable
{
    private const int CollectTimeoutMs = 10_000;

    private readonly PullExporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly Lock _scraping = new();

    public MetricsScraper(params string[] meterNames)
    {
        _reader = new BaseExportingMetricReader(_exporter);
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meterNames)
            .AddReader(_reader)
            .Build();
    }

    /// <summary>One scrape after the other; callers in parallel wait.</summary>
    /// <exception cref="InvalidOperationException">The instruments did not answer in time.</exception>
    public ReadOnlyMemory<byte> Scrape(ExpositionFormat format)
    {
        lock (_scraping)
        {
            var writer = new ExpositionWriter(format);
            _exporter.Writer = writer;
            if (_exporter.Collect?.Invoke(CollectTimeoutMs) != true)
            {
                throw new InvalidOperationException($"the meters were not collected within {CollectTimeoutMs} ms; try again");
            }

            writer.End();
            return writer.Written;
        }
    }

    public void Dispose() => _provider.Dispose();

    [ExportModes(ExportModes.Pull)]
    private sealed class PullExporter : BaseExporter<Metric>, IPullMetricExporter
    {
        public Func<int, bool>? Collect { get; set; }

        public ExpositionWriter? Writer { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            if (Writer is { } writer)
            {
                foreach (var metric in batch)
                {
                    MetricText.Write(writer, metric);
                }
            }

            return ExportResult.Success;
        }
    }
}
