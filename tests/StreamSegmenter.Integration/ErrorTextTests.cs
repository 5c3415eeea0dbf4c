using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>The client library's errors, as an operator reads them.</summary>
public sealed class ErrorTextTests
{
    [Theory]
    [InlineData(
        ErrorCode.Local_Transport, "127.0.0.1:29093/bootstrap: Connect to ipv4#127.0.0.1:29093 failed: Connection refused (after 0ms in state CONNECT)",
        "127.0.0.1:29093: Connection refused")]
    [InlineData(
        ErrorCode.Local_Transport,
        "kafka-2:9092/2: Connect to ipv6#[::1]:9092 failed: Connection refused (after 12ms in state CONNECT, 3 identical error(s) suppressed)",
        "[::1]:9092: Connection refused")]
    [InlineData(
        ErrorCode.Local_Authentication, "sasl_ssl://kafka:9092/bootstrap: SASL authentication error: Authentication failed (after 301ms in state AUTH_REQ)",
        "sasl_ssl://kafka:9092/bootstrap: SASL authentication error: Authentication failed (in state AUTH_REQ)")]
    [InlineData(ErrorCode.Local_Fatal, "Fatal error: Broker: The instance ID is still used", "Broker: The instance ID is still used")]
    [InlineData(ErrorCode.NotEnoughReplicas, "Broker: Not enough in-sync replicas", "NotEnoughReplicas: Broker: Not enough in-sync replicas")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "Topic authorization failed.", "TopicAuthorizationFailed: Topic authorization failed")]
    public void What_helps_nobody_is_left_out_and_a_brokers_code_is_kept(ErrorCode code, string reason, string text) =>
        Assert.Equal(text, ErrorText.Of(new Error(code, reason)));
}
