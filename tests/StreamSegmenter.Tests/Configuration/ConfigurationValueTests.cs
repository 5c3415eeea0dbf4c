using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Configuration;

public sealed class ConfigurationValueTests : IDisposable
{
    private readonly ConfigurationText _text = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void The_smallest_configuration_has_the_documented_defaults()
    {
        var c = _text.Good(ConfigurationText.Minimal);

        Assert.Equal(2_000, c.Inputs[0].MaxOutOfOrdernessMs);
        Assert.Equal(RecordFormat.Json, c.Inputs[0].Format);
        Assert.Equal(30 * 60_000, c.Definitions.SessionGapMs);
        Assert.Equal(5 * 60_000, c.Definitions.GraceMs);
        Assert.Equal("EUR", c.Definitions.Currency.ToString());
        Assert.Equal([60_000, 3_600_000, 86_400_000], c.Definitions.Conversions.WindowsMs);
        Assert.Equal(
            [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.CheckoutStarted, EventTypes.OrderCompleted],
            c.Definitions.Conversions.Funnel);
        Assert.Equal(100, c.Definitions.Conversions.DimensionValuesMax);
        Assert.Null(c.Kafka);
        Assert.Equal("segment-membership", c.Outputs.Topics.SegmentMembership);
        Assert.Null(c.Engine.Lanes);
        Assert.Equal(8, c.Engine.Shards);
        Assert.Equal(256 * 1024 * 1024, c.Engine.Limits.WorkingSetBytesMax);
        Assert.Equal("127.0.0.1:9464", c.Http.Listen!.EndPoint.ToString());
    }

    [Theory]
    [InlineData("'a:1,b:2'")]
    [InlineData("[a:1, 'b:2']")]
    [InlineData("\n    - a:1\n    - b:2")]
    public void Brokers_are_a_text_or_a_list(string written) =>
        Assert.Equal("a:1,b:2", _text.Good($"{ConfigurationText.Minimal}kafka:\n  brokers: {written}\n").Kafka!.BootstrapServers);

    [Fact]
    public void Windows_are_durations_and_units_of_the_shops_calendar_and_dimensions_fields_or_pairs()
    {
        var conversions = _text.Good(ConfigurationText.Minimal + """
            timeZone: Europe/Berlin
            conversions:
              windows: [1m, day, week, month]
              dimensions: [device, channel+device]
            """).Definitions.Conversions;

        Assert.Equal([60_000, ConversionWindow.Day, ConversionWindow.Week, ConversionWindow.Month], conversions.Windows);
        Assert.Equal("Europe/Berlin", conversions.TimeZone.Id);
        Assert.Equal([["device"], ["channel", "device"]], conversions.Dimensions.Select(dimension => dimension.FieldNames));
    }

    [Theory]
    [InlineData("windows: [1d, day]", "'windows' has day and 1d, which subscribers could not tell apart; keep one of them")]
    [InlineData("windows: [fortnight]", "or day, week or month")]
    [InlineData("windows: [day, day]", "the window")]
    [InlineData("dimensions: [all]", "'all' is the name of the numbers for all traffic")]
    [InlineData("dimensions: [a+b+c]", "has 3 fields; a pair such as channel+device has two")]
    [InlineData("dimensions: [channel+]", "lacks a field beside its '+'")]
    [InlineData("dimension: device\n  dimensions: [channel]", "'dimension' and 'dimensions' are both there; write 'device' as an entry of 'dimensions'")]
    [InlineData("dimension: all", "'all' is the name of the numbers for all traffic")]
    [InlineData("dimensions: [a+a]", "is a pair of one and the same field; write 'a'")]
    public void What_cannot_be_counted_is_refused_with_its_remedy(string conversions, string problem) =>
        Assert.Contains(problem, _text.Errors($"{ConfigurationText.Minimal}conversions:\n  {conversions}\n"), StringComparison.Ordinal);

    [Fact]
    public void One_dimension_needs_no_list() => Assert.Equal(
        [["device"]],
        _text.Good($"{ConfigurationText.Minimal}conversions:\n  dimension: device\n").Definitions.Conversions.Dimensions.Select(dimension => dimension.FieldNames));

    [Fact]
    public void A_cart_rule_is_read_with_all_its_keys()
    {
        var rule = Assert.Single(_text.Good(ConfigurationText.Minimal + """
            currency: JPY
            segments:
              - {id: vip, when: "count(order_completed, 90d) >= 3"}
              - {id: staff, when: "did(identify)"}
            cartAbandonment:
              - id: high-value
                after: 90m
                rearmOn: [product_viewed, my_own_event]
                reentry: { cooldown: 7d }
                minTotal: 2000
                minItems: 2
                inSegment: vip
                notInSegment: staff
                attributes: [email, device]
            """).Definitions.CartAbandonment);

        Assert.Equal(90 * 60_000, rule.StepsMs[0]);
        Assert.Equal(["product_viewed", "my_own_event"], rule.RearmOn.Select(EventTypes.NameOf));
        Assert.False(rule.RearmOnAny);
        Assert.Equal((Reentry.AfterCooldown, 7 * 86_400_000), (rule.Reentry, rule.CooldownMs));
        Assert.Equal(2000, rule.TotalMinMinor);
        Assert.Equal(2, rule.ItemsMin);
        Assert.Equal(("vip", "staff"), (rule.InSegment, rule.NotInSegment));
        Assert.Equal(["email", "device"], rule.Attributes);
    }

    [Theory]
    [InlineData("per-new-cart", Reentry.PerNewCart)]
    [InlineData("at-once", Reentry.AtOnce)]
    [InlineData("never", Reentry.Never)]
    public void Reentry_is_a_word_or_a_cooldown(string written, Enum expected) =>
        Assert.Equal((Reentry)expected, _text.Good(
            ConfigurationText.Minimal + $"cartAbandonment:\n  - {{id: a, after: 1h, rearmOn: any, reentry: {written}}}\n")
            .Definitions.CartAbandonment[0].Reentry);

    [Fact]
    public void Money_is_exact_and_in_minor_units_of_the_shops_currency() =>
        Assert.Equal(1999, _text.Good(
            ConfigurationText.Minimal + "cartAbandonment:\n  - {id: a, after: 1h, minTotal: 19.99}\n")
            .Definitions.CartAbandonment[0].TotalMinMinor);

    [Theory]
    [InlineData("events.csv", nameof(RecordFormat.Csv))]
    [InlineData("events.CSV.gz", nameof(RecordFormat.Csv))]
    [InlineData("events.jsonl.gz", nameof(RecordFormat.Json))]
    [InlineData("events.avro", nameof(RecordFormat.Avro))]
    [InlineData("'-'", nameof(RecordFormat.Json))]
    public void A_files_ending_implies_its_format_without_the_key(string file, string expected) =>
        Assert.Equal(expected, _text.Good($"inputs:\n  - file: {file}\n").Inputs[0].Format.ToString());

    [Fact]
    public void The_place_of_a_segments_expression_is_that_of_its_first_character()
    {
        var segments = _text.Good(ConfigurationText.Minimal + """
            segments:
              - id: plain
                when: did(identify)
              - id: quoted
                when: "did(identify)"
              - id: block
                when: >-

                  did(identify)
                  and did(identify)
            """).Definitions.Segments;

        Assert.Equal([(5, 11), (7, 12), (11, 7)], segments.Select(s => (s.Line, s.Column)));
    }

    [Fact]
    public void A_condition_may_hold_a_colon_without_quotation_marks() =>
        Assert.Equal(
            "count(product_viewed where category = 'shoes', 7d, pane: 1h) >= 3",
            Assert.Single(_text.Good(
                ConfigurationText.Minimal
                + "segments:\n  - id: a\n    when: count(product_viewed where category = 'shoes', 7d, pane: 1h) >= 3 # often\n")
                .Definitions.Segments).When);

    [Fact]
    public void A_folded_condition_keeps_its_lines_so_that_errors_have_theirs() =>
        Assert.Equal(
            "did(identify)\n  and did(product_viewed,\n\n  1d)",
            Assert.Single(_text.Good(
                ConfigurationText.Minimal
                + "segments:\n  - id: a\n    when: >-\n      did(identify)\n        and did(product_viewed,\n\n        1d)\n\ngrace: 1m\n")
                .Definitions.Segments).When);

    [Fact]
    public void Paths_in_the_file_are_relative_to_its_folder_and_paths_of_options_to_the_current_one()
    {
        Assert.Equal(Path.Combine(_text.Folder, "a.csv"), _text.Good("inputs:\n  - file: a.csv\n").Inputs[0].File);
        Assert.Equal("b.csv", _text.Good("inputs:\n  - file: a.csv\n", "inputs[0].file=b.csv").Inputs[0].File);
        Assert.Equal("/x/a.csv", _text.Good("inputs:\n  - file: /x/a.csv\n").Inputs[0].File);
    }

    [Fact]
    public void An_anchor_may_be_used_again()
    {
        var c = _text.Good("inputs:\n  - topic: a\n    mapping: &m {timeFormat: epoch-s}\n  - topic: b\n    mapping: *m\n");

        Assert.Equal(TimeFormat.EpochS, c.Inputs[1].Mapping.TimeFormat);
    }
}
