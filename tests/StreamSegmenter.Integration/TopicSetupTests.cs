using System.Collections.Concurrent;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

public sealed class TopicSetupTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fact]
    public void Topics_that_fit_give_the_number_of_shards()
    {
        using var broker = new TestBroker();
        var report = new TopicSetup(broker.Settings(3, "clicks", "carts")).Prepare(Timeout);

        Assert.Empty(report.Problems);
        Assert.Equal(3, report.Partitions);
    }

    [Fact]
    public void A_missing_input_is_named_with_its_nearest_neighbour()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        var wrong = settings.Inputs[0].Topic.Replace('-', '_');

        var report = new TopicSetup(settings with { Inputs = [new KafkaInput(wrong)] }).Prepare(Timeout);

        Assert.Contains($"'{wrong}' does not exist", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Contains($"Did you mean '{settings.Inputs[0].Topic}'?", report.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_of_different_partition_counts_are_named_with_their_counts()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        var carts = broker.CreateTopic("carts", 3);

        var report = new TopicSetup(settings with { Inputs = [settings.Inputs[0], new KafkaInput(carts)] }).Prepare(Timeout);

        Assert.Contains(
            $"'{settings.Inputs[0].Topic}' has 2, '{carts}' has 3", Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_outputs_are_created()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(4, "clicks");
        settings = settings with
        {
            Outputs = settings.Outputs with { CartAbandonment = broker.Name("fresh"), Changelog = broker.Name("log") },
        };

        Assert.Empty(new TopicSetup(settings).Prepare(Timeout).Problems);
        Assert.Empty(new TopicSetup(settings with { CreateTopics = false }).Prepare(Timeout).Problems);
    }

    [Fact]
    public void Missing_outputs_are_named_where_creating_is_not_allowed()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks") with { CreateTopics = false };
        settings = settings with { Outputs = settings.Outputs with { Changelog = broker.Name("log") } };

        var problem = Assert.Single(new TopicSetup(settings).Prepare(Timeout).Problems);

        Assert.Contains("compacted, with 2 partitions", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changelog_of_another_partition_count_is_refused()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        settings = settings with { Outputs = settings.Outputs with { Changelog = broker.CreateTopic("log", 3, ("cleanup.policy", "compact")) } };

        var problem = Assert.Single(new TopicSetup(settings).Prepare(Timeout).Problems);

        Assert.Contains("has 3 partitions, the inputs have 2", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("compact,delete")]
    public void A_changelog_that_would_forget_customers_is_refused_with_a_remedy(string policy)
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        settings = settings with { Outputs = settings.Outputs with { Changelog = broker.CreateTopic("log", 1, ("cleanup.policy", policy)) } };

        var problem = Assert.Single(new TopicSetup(settings).Prepare(Timeout).Problems);

        Assert.Contains($"changelog topic '{settings.Outputs.Changelog}' has cleanup.policy={policy}: it would forget customers", problem, StringComparison.Ordinal);
        Assert.Contains("Set the topic's cleanup.policy to compact.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changelog_that_forgets_deletions_before_checkpoints_are_too_old_is_refused_with_both_and_a_remedy()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        settings = settings with
        {
            Outputs = settings.Outputs with { Changelog = broker.CreateTopic("forgetful", 1, ("cleanup.policy", "compact"), ("delete.retention.ms", "60000")) },
        };

        var problem = Assert.Single(new TopicSetup(settings) { CheckpointAgeMsMax = 60_001 }.Prepare(Timeout).Problems);

        Assert.Contains($"changelog topic '{settings.Outputs.Changelog}' forgets after delete.retention.ms=60000", problem, StringComparison.Ordinal);
        Assert.Contains("60001 ms (engine.checkpointAgeMax)", problem, StringComparison.Ordinal);
        Assert.Contains("Set the topic's delete.retention.ms to 120002, or engine.checkpointAgeMax below 60000 ms.", problem, StringComparison.Ordinal);
        Assert.Empty(new TopicSetup(settings) { CheckpointAgeMsMax = 60_000 }.Prepare(Timeout).Problems);
        Assert.Empty(new TopicSetup(settings).Prepare(Timeout).Problems);
    }

    [Fact]
    public void A_changelog_that_is_created_remembers_deletions_for_longer_than_checkpoints_are_used()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        settings = settings with { Outputs = settings.Outputs with { Changelog = broker.Name("log") } };
        const long ThreeDaysMs = 3 * 86_400_000L;

        Assert.Empty(new TopicSetup(settings) { CheckpointAgeMsMax = ThreeDaysMs }.Prepare(Timeout).Problems);

        Assert.Empty(new TopicSetup(settings) { CheckpointAgeMsMax = 2 * ThreeDaysMs }.Prepare(Timeout).Problems);
        Assert.Single(new TopicSetup(settings) { CheckpointAgeMsMax = (2 * ThreeDaysMs) + 1 }.Prepare(Timeout).Problems);
    }

    [Fact]
    public void A_broker_that_tells_no_settings_of_a_topic_is_neither_refused_nor_warned_of()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();

        var report = new TopicSetup(broker.Settings(1, "clicks")) { CheckpointAgeMsMax = long.MaxValue / 4 }.Prepare(Timeout);

        Assert.Empty(report.Problems);
        Assert.Empty(report.Warnings);
        Assert.Equal(1, report.Partitions);
    }

    [Fact]
    public void An_absent_broker_is_reported_as_unreachable()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { BootstrapServers = "127.0.0.1:1" };

        var noticed = new ConcurrentQueue<string>();
        var report = new TopicSetup(settings) { Noticed = noticed.Enqueue }.Prepare(TimeSpan.FromMilliseconds(500));

        Assert.True(report.Unreachable);
        Assert.Contains(noticed, reason => reason.Contains("Connection refused", StringComparison.Ordinal));
        Assert.Contains("no broker of '127.0.0.1:1' answers: ", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Contains("Connection refused", report.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_closes_the_connection_on_us_is_reported_with_where_it_did_so()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Properties = new Dictionary<string, string> { ["security.protocol"] = "SSL" } };

        var report = new TopicSetup(settings).Prepare(TimeSpan.FromSeconds(2));

        Assert.True(report.Unreachable);
        Assert.Contains("SSL_HANDSHAKE", Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_a_property_names_in_vain_is_no_reason_to_try_again()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with
        {
            Properties = new Dictionary<string, string> { ["security.protocol"] = "SSL", ["ssl.ca.location"] = "/no/such.pem" },
        };

        var report = new TopicSetup(settings).Prepare(Timeout);

        Assert.False(report.Unreachable);
        Assert.Contains("librdkafka refuses a property of the client: ssl.ca.location", Assert.Single(report.Problems), StringComparison.Ordinal);
    }
}
