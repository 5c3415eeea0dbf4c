using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Configuration;

/// <summary>A default is written twice, in the table of keys for those who read it and in the options for those who embed the engine: both
/// are the same. A word of a choice stands for one value, in one place.</summary>
public sealed class DefaultAndChoiceTests : IDisposable
{
    private const string Smallest = "inputs:\n  - topic: clicks\nkafka: {brokers: 'a:1'}\n";

    private readonly ConfigurationText _text = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void The_engines_options_have_the_defaults_of_the_configuration()
    {
        var limits = _text.Good("inputs:\n  - topic: clicks\n").Engine.Limits;

        Assert.Equal(new EngineOptions { Inputs = limits.Inputs }, limits);
    }

    [Fact]
    public void Kafkas_settings_have_the_defaults_of_the_configuration()
    {
        var c = _text.Good(Smallest);

        Assert.Equivalent(
            new KafkaSettings
            {
                BootstrapServers = "a:1", GroupId = "streamsegmenter", Inputs = [new KafkaInput("clicks")], Outputs = c.Outputs.Topics,
            },
            c.Kafka,
            strict: true);
    }

    [Fact]
    public void The_definitions_have_the_defaults_of_the_configuration()
    {
        var definitions = _text.Good(Smallest).Definitions;

        Assert.Equal(
            new StorefrontDefinitions
            {
                Currency = definitions.Currency, CartAbandonment = definitions.CartAbandonment, Segments = definitions.Segments,
                Conversions = definitions.Conversions,
            },
            definitions);
    }

    [Theory]
    [InlineData("kafka.delivery", "exactly-once", DeliveryMode.ExactlyOnce)]
    [InlineData("kafka.delivery", "at-least-once", DeliveryMode.AtLeastOnce)]
    [InlineData("kafka.groupProtocol", "classic", GroupProtocol.Classic)]
    [InlineData("kafka.groupProtocol", "consumer", GroupProtocol.Consumer)]
    [InlineData("kafka.startAt", "earliest", StartAt.Earliest)]
    [InlineData("kafka.startAt", "latest", StartAt.Latest)]
    [InlineData("outputs.format", "json", RecordFormat.Json)]
    [InlineData("outputs.format", "avro", RecordFormat.Avro)]
    [InlineData("logging.format", "auto", LogFormat.Auto)]
    [InlineData("logging.format", "text", LogFormat.Text)]
    [InlineData("logging.format", "logfmt", LogFormat.Logfmt)]
    [InlineData("logging.format", "json", LogFormat.Json)]
    [InlineData("inputs[0].format", "json", RecordFormat.Json)]
    [InlineData("inputs[0].format", "jsonl", RecordFormat.Json)]
    [InlineData("inputs[0].format", "csv", RecordFormat.Csv)]
    [InlineData("inputs[0].format", "avro", RecordFormat.Avro)]
    [InlineData("inputs[0].mapping.timeFormat", "auto", TimeFormat.Auto)]
    [InlineData("inputs[0].mapping.timeFormat", "epoch-ms", TimeFormat.EpochMs)]
    [InlineData("inputs[0].mapping.timeFormat", "epoch-s", TimeFormat.EpochS)]
    [InlineData("inputs[0].mapping.timeFormat", "epoch-us", TimeFormat.EpochUs)]
    [InlineData("inputs[0].mapping.timeFormat", "epoch-ns", TimeFormat.EpochNs)]
    [InlineData("inputs[0].mapping.timeFormat", "iso8601", TimeFormat.Iso8601)]
    [InlineData("inputs[0].mapping.timestampFrom", "field", TimestampSource.Field)]
    [InlineData("inputs[0].mapping.timestampFrom", "record", TimestampSource.Record)]
    [InlineData("inputs[0].mapping.customerFrom", "field", CustomerSource.Field)]
    [InlineData("inputs[0].mapping.customerFrom", "key", CustomerSource.Key)]
    [InlineData("cartAbandonment[0].stage", "browse", CartStage.Browse)]
    [InlineData("cartAbandonment[0].stage", "cart", CartStage.Cart)]
    [InlineData("cartAbandonment[0].stage", "checkout", CartStage.Checkout)]
    [InlineData("cartAbandonment[0].quietHours.action", "defer", QuietHoursAction.Defer)]
    [InlineData("cartAbandonment[0].quietHours.action", "skip", QuietHoursAction.Skip)]
    [InlineData("cartAbandonment[0].orderTakes", "all-carts", true)]
    [InlineData("cartAbandonment[0].orderTakes", "cart", false)]
    [InlineData("cartAbandonment[0].recoveredBy", "customer", false)]
    [InlineData("cartAbandonment[0].recoveredBy", "cart", true)]
    public void A_word_stands_for_its_value(string key, string word, object value)
    {
        var c = _text.Good(Smallest + "cartAbandonment:\n  - {id: a, after: 1h, quietHours: {from: '21:00', to: '08:00'}}\n", $"{key}={word}");

        Assert.Equal(value, ValueOf(c, key));
    }

    [Fact]
    public void A_word_outside_the_table_is_a_fault_of_the_program_and_never_a_silent_no()
    {
        var shape = new ChoiceShape<bool>(("yes", true), ("no", false));

        Assert.Throws<ArgumentException>(() => shape.ValueOf("yse"));
    }

    private static object ValueOf(StreamSegmenterConfiguration c, string key) => key switch
    {
        "kafka.delivery" => c.Kafka!.Delivery,
        "kafka.groupProtocol" => c.Kafka!.GroupProtocol,
        "kafka.startAt" => c.Kafka!.Inputs[0].StartAt,
        "outputs.format" => c.Outputs.Format,
        "logging.format" => c.Logging.Format,
        "inputs[0].format" => c.Inputs[0].Format,
        "inputs[0].mapping.timeFormat" => c.Inputs[0].Mapping.TimeFormat,
        "inputs[0].mapping.timestampFrom" => c.Inputs[0].Mapping.TimestampFrom,
        "inputs[0].mapping.customerFrom" => c.Inputs[0].Mapping.CustomerFrom,
        "cartAbandonment[0].stage" => c.Definitions.CartAbandonment[0].Stage,
        "cartAbandonment[0].quietHours.action" => c.Definitions.CartAbandonment[0].QuietHours!.Action,
        "cartAbandonment[0].orderTakes" => c.Definitions.CartAbandonment[0].OrderTakesAllCarts,
        "cartAbandonment[0].recoveredBy" => c.Definitions.CartAbandonment[0].RecoveredByCart,
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };
}
