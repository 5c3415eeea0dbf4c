using Prometheus;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class EngineTelemetryTests : IDisposable
{
    private readonly BusyEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("clicks", "applied", 200)]
    [InlineData("orders", "applied", 14)]
    [InlineData("clicks", "late", 6)]
    [InlineData("clicks", "too_late", 2)]
    [InlineData("orders", "duplicate", 4)]
    [InlineData("clicks", "dead_letter", 12)]
    public void Events_are_summed_over_the_lanes_by_topic_and_outcome(string topic, string outcome, double expected) =>
        Assert.Equal(expected, _engine.Value("streamsegmenter_events_total", ("topic", topic), ("outcome", outcome)));

    [Fact]
    public void A_scrape_sees_what_a_lane_counted_since_the_last_one()
    {
        Assert.Equal(10, _engine.Value("streamsegmenter_triggers_total", ("rule", "abandoned-cart"), ("kind", "emitted")));
        _engine.Second.TriggersEmitted[0]++;
        Assert.Equal(11, _engine.Value("streamsegmenter_triggers_total", ("rule", "abandoned-cart"), ("kind", "emitted")));
    }

    [Fact]
    public void A_trigger_that_was_not_sent_counts_under_its_reason()
    {
        Assert.Equal(2, _engine.Value("streamsegmenter_triggers_suppressed_total", ("rule", "abandoned-cart"), ("reason", "quiet_hours")));
        Assert.Equal(0, _engine.Value("streamsegmenter_triggers_suppressed_total", ("rule", "abandoned-cart"), ("reason", "stale")));
    }

    [Fact]
    public void A_commit_counts_once_and_falls_into_its_bucket()
    {
        Assert.Equal(2, _engine.Value("streamsegmenter_commits_total", ("outcome", "committed")));
        Assert.Equal(0, _engine.Value("streamsegmenter_commit_duration_seconds_bucket", ("le", "0.0025")));
        Assert.Equal(2, _engine.Value("streamsegmenter_commit_duration_seconds_bucket", ("le", "0.005")));
        Assert.Equal(4, _engine.Value("streamsegmenter_commit_duration_seconds_bucket", ("le", "+Inf")));
        Assert.Equal(4, _engine.Value("streamsegmenter_commit_duration_seconds_count"));
        Assert.Equal(0.408, _engine.Value("streamsegmenter_commit_duration_seconds_sum"), 12);
    }

    [Fact]
    public void Lag_in_seconds_grows_by_itself_until_the_partition_is_caught_up()
    {
        (string, string)[] clicks = [("topic", "clicks"), ("partition", "1")];
        Assert.Equal(1.5, _engine.Value("streamsegmenter_consumer_lag_seconds", clicks));
        _engine.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(11.5, _engine.Value("streamsegmenter_consumer_lag_seconds", clicks));
        Assert.Equal(0, _engine.Value("streamsegmenter_consumer_lag_seconds", ("topic", "orders"), ("partition", "1")));
    }

    [Fact]
    public void The_watermark_is_reported_as_a_time_and_as_a_lag()
    {
        Assert.Equal(1_699_999_997.5, _engine.Value("streamsegmenter_watermark_timestamp_seconds", ("partition", "0")));
        Assert.Equal(2.5, _engine.Value("streamsegmenter_watermark_lag_seconds", ("partition", "0")));
    }

    [Fact]
    public void What_a_new_shard_does_not_know_yet_is_left_out()
    {
        _engine.First.AddShard(7);
        Assert.DoesNotContain(_engine.All("streamsegmenter_watermark_timestamp_seconds"), sample => sample.Labels["partition"] == "7");
        Assert.DoesNotContain(_engine.All("streamsegmenter_consumer_lag_records"), sample => sample.Labels["partition"] == "7");
        Assert.DoesNotContain(_engine.All("streamsegmenter_restore_remaining_records"), sample => sample.Labels["partition"] == "7");
        Assert.Equal(0, _engine.Value("streamsegmenter_customers", ("partition", "7")));
    }

    [Fact]
    public void A_shard_that_was_taken_away_vanishes_and_its_members_with_it()
    {
        Assert.Equal(20, _engine.Value("streamsegmenter_segment_members", ("segment", "vip")));
        Assert.Equal(2, _engine.All("streamsegmenter_customers").Count);

        _engine.First.RemoveShard(0);

        Assert.Equal(10, _engine.Value("streamsegmenter_segment_members", ("segment", "vip")));
        Assert.Equal("1", Assert.Single(_engine.All("streamsegmenter_customers")).Labels["partition"]);
        Assert.All(_engine.All("streamsegmenter_consumer_lag_records"), sample => Assert.Equal("1", sample.Labels["partition"]));
    }

    [Fact]
    public void A_shard_that_comes_back_reports_its_new_figures()
    {
        _engine.First.RemoveShard(0);
        _engine.Scrape();
        _engine.First.AddShard(0).Customers = 3;
        Assert.Equal(3, _engine.Value("streamsegmenter_customers", ("partition", "0")));
    }

    [Fact]
    public void Both_formats_carry_the_same_samples()
    {
        static string[] Names(string text) =>
            [.. ExpositionParser.Samples(text).Select(sample => sample.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(Names(_engine.Scrape(ExpositionFormat.PrometheusText)), Names(_engine.Scrape(ExpositionFormat.OpenMetricsText)));
    }

    [Fact]
    public void A_scrape_while_the_lanes_count_sees_counters_that_never_fall()
    {
        var stop = false;
        var counting = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                _engine.First.EventsApplied[0]++;
                _engine.First.RemoveShard(0);
                _engine.First.AddShard(0);
            }
        });
        counting.Start();
        var last = 0.0;
        for (var i = 0; i < 50; i++)
        {
            var now = _engine.Value("streamsegmenter_events_total", ("topic", "clicks"), ("outcome", "applied"));
            Assert.True(now >= last);
            last = now;
        }

        Volatile.Write(ref stop, true);
        counting.Join();
    }

    [Fact]
    public void Counting_an_event_allocates_nothing()
    {
        var lane = _engine.First;
        lane.EventsApplied[0]++;
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                lane.EventsApplied[0]++;
                lane.RecordsPolled++;
                lane.Health.Heartbeat();
            }
        }));
    }
}
