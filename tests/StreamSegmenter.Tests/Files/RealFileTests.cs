using System.Collections.Immutable;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Tests.Codecs;

namespace StreamSegmenter.Tests.Files;

/// <summary>Exports of others, read as they are.</summary>
public sealed class RealFileTests
{
    private static readonly FileInput Taobao = new()
    {
        Path = "clickstream/taobao_UserBehavior_head_84476lines.csv", Name = "taobao", Format = RecordFormat.Csv,
        Csv = new CsvOptions { Header = false },
        Mapping = Decoded.Map(
            ("customer_id", "$1"), ("product_id", "$2"), ("category", "$3"), ("event_type", "$4"), ("event_time", "$5")) with
        {
            TimeFormat = TimeFormat.EpochS,
            EventTypes = Types(("pv", "product_viewed"), ("cart", "product_added"), ("buy", "order_completed")),
        },
    };

    [Fact]
    public void Taobao_is_read_whole_but_for_its_last_line_that_is_cut_off()
    {
        var polled = ReadAll(Taobao);

        Assert.Equal(84_475, polled.Events.Count);
        Assert.Equal("fav 2356, order_completed 1750, product_added 4497, product_viewed 75872", Count(polled));
        Assert.Equal(815, Customers(polled));
        var letter = Assert.Single(polled.Refused);
        Assert.Equal((84_476, "line is cut off: column 5 of 5 (event_time) is missing"), (letter.Offset, letter.Reason));
    }

    [Fact]
    public void Taobao_sorted_by_event_time_holds_the_same_events()
    {
        var polled = ReadAll(Taobao with { SortByEventTime = true });

        Assert.Equal("fav 2356, order_completed 1750, product_added 4497, product_viewed 75872", Count(polled));
        Assert.Equal(1_505_117_799_000, polled.Events[0].EventTimeMs);
    }

    [Fact]
    public void Otto_sessions_are_unfolded()
    {
        var polled = ReadAll(new FileInput
        {
            Path = "clickstream/otto_20_sessions.jsonl", Name = "otto",
            Mapping = Decoded.Map(
                ("customer_id", "^.session"), ("product_id", "aid"), ("event_time", "ts"), ("event_type", "type")) with
            {
                Unfold = "events",
                EventTypes = Types(("clicks", "product_viewed"), ("carts", "product_added"), ("orders", "order_completed")),
            },
        });

        Assert.Equal("order_completed 10, product_added 52, product_viewed 800", Count(polled));
        Assert.Equal(20, Customers(polled));
        Assert.Empty(polled.Refused);
    }

    [Fact]
    public void Rees46_is_read_by_its_header()
    {
        var polled = ReadAll(new FileInput
        {
            Path = "clickstream/rees46_2019-Oct_first1000.csv", Name = "rees46", Format = RecordFormat.Csv,
            Mapping = Decoded.Map(("category", "category_code"), ("session_id", "user_session")) with
            {
                Currency = "USD",
                EventTypes = Types(("view", "product_viewed"), ("cart", "product_added"), ("purchase", "order_completed")),
            },
        });

        Assert.Equal(1000, polled.Events.Count);
        Assert.Empty(polled.Refused);
        var first = polled.Events[0];
        Assert.Equal((1_569_888_000_000, 3579), (first.EventTimeMs, first.PriceMinor));
    }

    [Fact]
    public void Arroyos_cars_are_read_through_a_mapping()
    {
        var polled = ReadAll(new FileInput
        {
            Path = "window/cars.json", Name = "cars", Mapping = Decoded.Map(("customer_id", "driver_id")),
        });

        Assert.Equal(7932, polled.Events.Count);
        Assert.Empty(polled.Refused);
    }

    private static ImmutableDictionary<string, string> Types(params (string Foreign, string Ours)[] types) =>
        types.ToImmutableDictionary(type => type.Foreign, type => type.Ours);

    private static PolledRecords ReadAll(FileInput input)
    {
        using var reader = FileEventReader.Open(input with { Path = SharedData.PathOf(input.Path) }, 0);
        var polled = new PolledRecords();
        while (reader.Read(polled, 10_000))
        {
        }

        return polled;
    }

    private static string Count(PolledRecords polled) => string.Join(", ", polled.Events.Events.ToArray()
        .GroupBy(e => EventTypes.NameOf(e.Type)).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));

    private static int Customers(PolledRecords polled) => polled.Events.Events.ToArray().Select(e => e.KeyHash).Distinct().Count();
}
