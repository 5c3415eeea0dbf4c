using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Tests.Telemetry;

/// <summary>docs/telemetry.md, the meter and the scrape tell the same story.</summary>
public sealed partial class TelemetryDocTests : IDisposable
{
    private readonly BusyEngine _engine = new();

    private sealed record Row(string Metric, string Type, string Unit, string Labels);

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void The_document_lists_exactly_the_metrics_of_a_scrape_with_type_and_labels()
    {
        var scraped = _engine.Scrape();
        var samples = ExpositionParser.Samples(scraped);
        var expected = ExpositionParser.Types(scraped)
            .Select(family => $"{family.Key} {family.Value} {LabelsOf(samples, family.Key)}").Order(StringComparer.Ordinal);
        var documented = Documented().Select(row => $"{row.Metric} {row.Type} {row.Labels}").Order(StringComparer.Ordinal);
        Assert.Equal(expected, documented);
    }

    [Fact]
    public void Every_instrument_is_in_the_scrape_and_in_the_document_with_its_unit()
    {
        var rows = Documented().ToDictionary(row => row.Metric);
        var scraped = ExpositionParser.Types(_engine.Scrape());
        Assert.All(Instruments(), instrument =>
        {
            var name = PrometheusName.Of(instrument.Name, instrument.Unit);
            var isCounter = instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);
            var metric = isCounter ? name.Family + "_total" : name.Family;
            Assert.Contains(metric, scraped.Keys);
            if (name.Unit.Length > 0)
            {
                Assert.Equal(name.Unit, rows[metric].Unit);
            }
        });
    }

    [Fact]
    public void Every_instrument_has_a_description() => Assert.All(Instruments(), instrument =>
    {
        Assert.NotNull(instrument.Description);
        Assert.EndsWith(".", instrument.Description);
        // prometheus-net writes a help text as it is.
        Assert.DoesNotContain(instrument.Description, c => c is '\n' or '\\' or '"');
    });

    [Fact]
    public void Every_instrument_counts_in_base_units() => Assert.All(Instruments(), instrument =>
        Assert.True(instrument.Unit is null or "s" or "By" or ['{', .., '}'], $"{instrument.Name} has the unit '{instrument.Unit}'"));

    private List<Instrument> Instruments()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == _engine.Telemetry.MeterName)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        Assert.NotEmpty(found);
        return found;
    }

    private static string LabelsOf(List<Sample> samples, string family) => string.Join(' ', samples
        .Where(sample => sample.Name == family || sample.Name.StartsWith(family + "_bucket", StringComparison.Ordinal))
        .SelectMany(sample => sample.Labels.Keys).Where(label => label != "le").Distinct().Order(StringComparer.Ordinal));

    private static List<Row> Documented() =>
    [
        .. DocumentRow().Matches(File.ReadAllText(DocumentPath())).Select(match => new Row(
            match.Groups["metric"].Value, match.Groups["type"].Value, match.Groups["unit"].Value,
            string.Join(' ', match.Groups["labels"].Value.Replace("`", "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal)))),
    ];

    private static string DocumentPath()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "docs", "telemetry.md")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("docs/telemetry.md is not above the tests");
        }

        return Path.Combine(directory.FullName, "docs", "telemetry.md");
    }

    [GeneratedRegex(@"^\| `(?<metric>\w+)` \| (?<type>counter|gauge|histogram) \| (?<unit>[\w ]+) \|(?<labels>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex DocumentRow();
}
