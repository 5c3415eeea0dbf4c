using System.Collections.Immutable;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Replay;

/// <summary>The real clickstreams beside the project: as inputs, and as the facts that they tell.</summary>
internal static class RealClickstreams
{
    public static FileInput Taobao => new()
    {
        Path = SharedData.PathOf("clickstream/taobao_UserBehavior_head_84476lines.csv"),
        Name = "taobao",
        Format = RecordFormat.Csv,
        Csv = new CsvOptions { Header = false },
        SortByEventTime = true,
        Mapping = new InputMapping
        {
            TimeFormat = TimeFormat.EpochS,
            Fields = new Dictionary<string, FieldMapping>
            {
                ["customer_id"] = "$1", ["product_id"] = "$2", ["category"] = "$3", ["event_type"] = "$4", ["event_time"] = "$5",
            }.ToImmutableDictionary(),
            EventTypes = new Dictionary<string, string>
            {
                ["pv"] = "product_viewed", ["cart"] = "product_added", ["fav"] = "product_favorited", ["buy"] = "order_completed",
            }.ToImmutableDictionary(),
        },
    };

    public static FileInput Otto => new()
    {
        Path = SharedData.PathOf("clickstream/otto_20_sessions.jsonl"),
        Name = "otto",
        SortByEventTime = true,
        Mapping = new InputMapping
        {
            Unfold = "events",
            TimeFormat = TimeFormat.EpochMs,
            Fields = new Dictionary<string, FieldMapping>
            {
                ["customer_id"] = "^.session", ["product_id"] = "aid", ["event_type"] = "type", ["event_time"] = "ts",
            }.ToImmutableDictionary(),
            EventTypes = new Dictionary<string, string>
            {
                ["clicks"] = "product_viewed", ["carts"] = "product_added", ["orders"] = "order_completed",
            }.ToImmutableDictionary(),
        },
    };

    /// <summary>All events of a file in the order of (time, line), each with an id.</summary>
    public static List<Fact> FactsOf(FileInput input)
    {
        using var reader = FileEventReader.Open(input, 0);
        var polled = new PolledRecords();
        while (reader.Read(polled, int.MaxValue))
        {
        }

        var facts = new List<Fact>(polled.Events.Count);
        foreach (ref readonly var e in polled.Events.Events)
        {
            facts.Add(new Fact(Encoding.UTF8.GetString(polled.Events.Text(in e, e.CustomerId)), e.EventTimeMs, e.Type)
            {
                EventId = "e-" + facts.Count,
                Product = Encoding.UTF8.GetString(polled.Events.Text(in e, e.ProductId)),
            });
        }

        return facts;
    }
}
