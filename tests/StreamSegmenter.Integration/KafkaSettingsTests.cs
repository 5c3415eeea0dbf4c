using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

public sealed class KafkaSettingsTests
{
    private static readonly KafkaSettings Good = new()
    {
        BootstrapServers = "localhost:9092", GroupId = "g", Inputs = [new KafkaInput("clicks")],
        Outputs = new KafkaOutputs("t", "m", "c", "d", "l", "log"),
    };

    [Fact]
    public void Good_settings_have_no_problem() => Assert.Empty(Good.Problems());

    [Fact]
    public void What_delivery_rests_on_cannot_be_overridden()
    {
        var settings = Good with { ProducerProperties = new Dictionary<string, string> { ["acks"] = "0" } };

        Assert.Contains("'acks' cannot be set here", Assert.Single(settings.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_named_at_once()
    {
        var settings = Good with { BootstrapServers = " ", Inputs = [new KafkaInput("a"), new KafkaInput("a")] };

        Assert.Equal(2, settings.Problems().Count);
    }

    [Fact]
    public void A_property_that_librdkafka_does_not_know_is_a_clear_error()
    {
        var settings = Good with { Properties = new Dictionary<string, string> { ["no.such.property"] = "1" } };

        var e = Assert.Throws<KafkaLaneException>(
            () => new KafkaLane(settings, 0, [new PlainDecoder()], new PlainEncoder(), TimeProvider.System));

        Assert.Contains("no.such.property", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newer_group_protocol_is_accepted_by_the_client()
    {
        var settings = Good with { GroupProtocol = GroupProtocol.Consumer, InstanceId = "one", BootstrapServers = "127.0.0.1:1" };

        using var lane = new KafkaLane(settings, 0, [new PlainDecoder()], new PlainEncoder(), TimeProvider.System);
        Assert.False(lane.Status.IsConnected);
    }
}
