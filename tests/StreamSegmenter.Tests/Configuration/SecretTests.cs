using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly ConfigurationText _text = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void Secrets_come_from_the_environment_or_from_a_file()
    {
        File.WriteAllText(Path.Combine(_text.Folder, "password"), "open sesame\n");
        var c = _text.With("USER", "ali").Good(ConfigurationText.Minimal + """
            kafka:
              brokers: localhost:9092
              properties:
                sasl.username: ${USER}@shop
                sasl.password: ${file:password}
                client.rack: $${USER}
            """);

        Assert.Equal("ali@shop", c.Kafka!.Properties["sasl.username"]);
        Assert.Equal("open sesame", c.Kafka.Properties["sasl.password"]);
        Assert.Equal("${USER}", c.Kafka.Properties["client.rack"]);
    }

    [Fact]
    public void A_secret_is_shown_as_it_was_written()
    {
        var c = _text.With("PASSWORD", "open sesame").Good(
            ConfigurationText.Minimal + "kafka: {brokers: 'a:1', properties: {sasl.password: '${PASSWORD}', ssl.key.password: plain}}\n");

        Assert.Equal("so ${PASSWORD} it is", c.Redactor.Redact("so open sesame it is"));
        Assert.Equal("${PASSWORD}", c.Redactor.Redact("sasl.password", c.Kafka!.Properties["sasl.password"]));
        Assert.Equal("***", c.Redactor.Redact("ssl.key.password", c.Kafka.Properties["ssl.key.password"]));
    }

    [Fact]
    public void The_machines_name_needs_no_environment_variable() => Assert.Equal(
        "i-" + Environment.MachineName, _text.Good(ConfigurationText.Minimal + "kafka: {brokers: 'a:1', instance: 'i-${hostname}'}\n").Kafka!.InstanceId);

    [Fact]
    public void Brokers_and_names_are_shown_although_they_come_from_the_environment()
    {
        var c = _text.With("BROKERS", "kafka-1:9092").With("HOSTNAME", "pod-17").With("PASSWORD", "open sesame").Good(
            ConfigurationText.Minimal + "kafka: {brokers: '${BROKERS}', instance: 'i-${HOSTNAME}', properties: {sasl.password: '${PASSWORD}'}}\n");

        Assert.Equal("kafka-1:9092 of i-pod-17 with ${PASSWORD}", c.Redactor.Redact("kafka-1:9092 of i-pod-17 with open sesame"));
    }

    [Fact]
    public void What_is_used_for_a_name_and_elsewhere_too_stays_a_secret()
    {
        File.WriteAllText(Path.Combine(_text.Folder, "brokers"), "kafka-2:9092");
        var c = _text.With("BOTH", "open sesame").Good(
            ConfigurationText.Minimal + "kafka: {brokers: '${file:brokers}', group: 'g', properties: {client.rack: '${BOTH}', sasl.password: '${BOTH}'}}\n"
            + "outputs: {topics: {lateEvents: late}}\n");
        Assert.Equal("${file:brokers} ${BOTH}", c.Redactor.Redact("kafka-2:9092 open sesame"));

        var shared = _text.With("BOTH", "topic-1").Good(
            "inputs: [{topic: '${BOTH}'}]\nkafka: {brokers: 'a:1', properties: {sasl.password: '${BOTH}'}}\n");
        Assert.Equal("${BOTH}", shared.Redactor.Redact("topic-1"));
    }

    [Fact]
    public void An_error_about_a_secret_value_does_not_show_it()
    {
        var errors = _text.With("GAP", "hunter2").Errors(ConfigurationText.Minimal + "session: {gap: '${GAP}'}\n");

        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
        Assert.Contains("found '${GAP}'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_does_one_that_librdkafka_refuses()
    {
        var errors = _text.With("PROTOCOL", "hunter2").Errors(
            ConfigurationText.Minimal + "kafka: {brokers: 'a:1', properties: {security.protocol: '${PROTOCOL}'}}\n");

        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
        Assert.Contains("librdkafka refuses it: Invalid value \"${PROTOCOL}\"", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${NOPE}", "c.yaml:3:8: the environment variable 'NOPE' is not set")]
    [InlineData("${file:nowhere}", "c.yaml:3:8: there is no file 'nowhere' to take the secret from")]
    [InlineData("${NOPE", "c.yaml:3:8: '${NOPE' is not closed by '}'")]
    public void A_secret_that_is_missing_is_one_error_with_its_place(string reference, string expected)
    {
        var errors = _text.Errors(ConfigurationText.Minimal + $"grace: '{reference}'\n");

        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Fact]
    public void Properties_that_are_secret_by_their_name_are_known() =>
        Assert.All(
            ["sasl.password", "ssl.key.pem", "sasl.oauthbearer.client.secret", "sasl.jaas.config"],
            name => Assert.True(Redactor.IsSecretName(name)));
}
