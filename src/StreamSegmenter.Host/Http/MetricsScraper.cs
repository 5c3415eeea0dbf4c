using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace StreamSegmenter.Host.Http;

/// <summary>Collects meters on demand: the OpenTelemetry SDK aggregates, this writes the text. Nothing runs between two scrapes.
/// The scope (meter) and the resource do not appear as labels: one meter, one process, and Prometheus adds the target's
/// own labels.
/// <para>Create it before the lanes run: counters and gauges are asked at each scrape, but a histogram hears only what is recorded
/// while someone listens.</para></summary>
public sealed class MetricsScraper : IDisposable
{
    private const int CollectTimeoutMs = 10_000;

    private readonly PullExporter _exporter = new();
    private readonly MeterProvider _provider;
    private readonly Lock _scraping = new();

    public MetricsScraper(params string[] meterNames)
    {
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meterNames)
            .AddReader(new BaseExportingMetricReader(_exporter))
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
            _exporter.Failure = null;
            // The reader gave the exporter this function; its own Collect refuses to serve an exporter that is pulled.
            if (!_exporter.Collect!(CollectTimeoutMs))
            {
                throw _exporter.Failure is { } failure
                    ? new InvalidOperationException($"the metrics could not be written: {failure.Message}", failure)
                    : new InvalidOperationException($"the meters were not collected within {CollectTimeoutMs} ms; try again");
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

        public Exception? Failure { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            try
            {
                foreach (var metric in batch)
                {
                    MetricText.Write(Writer!, metric);
                }

                return ExportResult.Success;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The SDK would swallow it.
                Failure = e;
                return ExportResult.Failure;
            }
        }
    }
}
