using System.Globalization;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Segments;
using StreamSegmenter.Tests.Configuration;
using StreamSegmenter.Tests.Replay;

namespace StreamSegmenter.Tests.Segments.Pack;

/// <summary>The segments of samples/segments over real data: at six instants every customer is, by the whole engine, in exactly the segments
/// that a recomputation from the raw file gives.</summary>
public sealed class SamplePackTests
{
    [Fact]
    public void Taobao_is_segmented_as_a_recomputation_does()
    {
        var facts = PackFact.Taobao(SharedData.PathOf("clickstream/taobao_UserBehavior_head_84476lines.csv"));
        Assert.Equal(84_475, facts.Count);
        var start = Time("2017-11-26T03:17:00Z");
        AssertEqual(facts, RealClickstreams.Taobao, "4756105", Enumerable.Range(0, 6).Select(i => start + (i * 29 * 3_600_000L)), segmentsMin: 9);
    }

    [Fact]
    public void Retail_is_segmented_as_a_recomputation_does()
    {
        var facts = PackFact.Retail(SharedData.PathOf("retail_h1"));
        var file = Path.Combine(Path.GetTempPath(), $"retail-{Guid.NewGuid():N}.jsonl");
        try
        {
            File.WriteAllLines(file, facts.Select(Json));
            AssertEqual(
                facts, new FileInput { Path = file, Name = "retail" }, "none",
                new[] { "2011-01-05", "2011-02-01", "2011-03-15", "2011-04-20", "2011-05-10", "2011-05-31" }.Select(day => Time($"{day}T10:41:00Z")), segmentsMin: 7);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void AssertEqual(
        List<PackFact> facts, FileInput input, string lovedCategory, IEnumerable<long> instants, int segmentsMin)
    {
        var definitions = Pack(lovedCategory);
        var changes = Replays.Run(definitions, [input]).MembershipChanges;
        var customers = facts.GroupBy(fact => fact.Customer).ToDictionary(group => group.Key, group => group.ToArray());
        var seen = new HashSet<string>();
        foreach (var nowMs in instants)
        {
            var found = changes.Where(change => change.AtMs <= nowMs).GroupBy(change => (change.CustomerId, change.Segment))
                .Where(group => group.Last().Kind == MembershipKind.Entered).Select(group => $"{group.Key.CustomerId} {group.Key.Segment}")
                .Order(StringComparer.Ordinal).ToArray();
            var expected = customers.SelectMany(customer => new PackMeaning(customer.Value, nowMs, lovedCategory).Segments().Select(segment => $"{customer.Key} {segment}"))
                .Order(StringComparer.Ordinal).ToArray();
            Assert.Equal(expected, found);
            seen.UnionWith(expected.Select(line => line.Split(' ')[1]));
        }

        Assert.True(seen.Count >= segmentsMin, $"only {string.Join(", ", seen)} had members");
    }

    private static StreamSegmenter.Folding.StorefrontDefinitions Pack(string lovedCategory)
    {
        var text = File.ReadAllText(RepositoryFiles.PathOf("samples/segments/shop.yaml")).Replace("'shoes'", $"'{lovedCategory}'", StringComparison.Ordinal);
        var loaded = ConfigurationLoader.LoadText("shop.yaml", text, [], ConfigurationUse.Check, _ => null);
        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        Assert.All(loaded.Configuration!.Definitions.Segments, segment => Assert.False(string.IsNullOrEmpty(segment.Labels?.Description)));
        return loaded.Configuration.Definitions;
    }

    private static string Json(PackFact fact) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event_type":"{{fact.Type}}","event_time":{{fact.TimeMs}},"customer_id":"{{fact.Customer}}","order_id":"{{fact.OrderId}}","total_minor":{{fact.TotalMinor}},"currency":"EUR"}""");

    private static long Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
