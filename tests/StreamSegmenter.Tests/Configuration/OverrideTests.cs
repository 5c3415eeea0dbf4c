namespace StreamSegmenter.Tests.Configuration;

public sealed class OverrideTests : IDisposable
{
    private readonly ConfigurationText _text = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void A_value_is_replaced_and_a_missing_section_is_made()
    {
        var c = _text.Good(
            ConfigurationText.Minimal + "cartAbandonment:\n  - {id: a, after: 1800s}\n",
            "inputs[0].file=-", "cartAbandonment[0].after=3600s", "session.gap=10m", "inputs[0].mapping.csv.header=false",
            "inputs[0].format=csv", "kafka.brokers=localhost:9092", "kafka.properties.sasl.username=me",
            "inputs[0].mapping.fields.properties.shoe.size=size");

        Assert.Equal("-", c.Inputs[0].File);
        Assert.Equal(3_600_000, c.Definitions.CartAbandonment[0].StepsMs[0]);
        Assert.Equal(600_000, c.Definitions.SessionGapMs);
        Assert.False(c.Inputs[0].Csv.Header);
        Assert.Equal("me", c.Kafka!.Properties["sasl.username"]);
        Assert.Equal("size", c.Inputs[0].Mapping.Fields["properties.shoe.size"].ToString());
    }

    [Fact]
    public void A_list_or_a_map_is_written_in_one_line()
    {
        var c = _text.Good(
            ConfigurationText.Minimal, "conversions.windows=[10s, 1m]", "cartAbandonment=[{id: a, after: 1h, reentry: {cooldown: 2d}}]",
            "inputs[1]={topic: second}");

        Assert.Equal([10_000, 60_000], c.Definitions.Conversions.WindowsMs);
        Assert.Equal(2 * 86_400_000, c.Definitions.CartAbandonment[0].CooldownMs);
        Assert.Equal("second", c.Inputs[1].Topic);
    }

    [Fact]
    public void The_index_behind_the_last_entry_adds_one() =>
        Assert.Equal("b", _text.Good(ConfigurationText.Minimal, "inputs[1].topic=b").Inputs[1].Topic);

    [Theory]
    [InlineData("inputs[0].fiel=x", "--set inputs[0].fiel: unknown key 'fiel' in an input. Did you mean 'file'?")]
    [InlineData("cartAbandonment[0].after=soon", "--set cartAbandonment[0].after:")]
    [InlineData("inputs.file=x", "--set inputs.file: 'inputs' is a list: write inputs[0] for its first entry")]
    [InlineData("inputs[7].file=x", "--set inputs[7].file: 'inputs' has 1 entries: the next index is 1")]
    [InlineData("grace.of=x", "--set grace.of: 'grace' is a single value: there is nothing below it")]
    [InlineData("grace=1", "--set grace: 'grace' expects a duration from 0s to 366d, found '1' without a unit")]
    [InlineData("nothing", "--set nothing: expects path=value, such as inputs[0].file=events.csv")]
    [InlineData("inputs=[{topic: a", "--set inputs: not valid YAML: the map that '{' opens")]
    [InlineData("inputs=x", "--set inputs: 'inputs' expects a list of inputs, found 'x'")]
    [InlineData("kafka.brokers=${NOPE}", "--set kafka.brokers: the environment variable 'NOPE' is not set")]
    public void A_mistake_names_the_option(string option, string expected) =>
        Assert.Contains(expected, _text.Errors(ConfigurationText.Minimal, option), StringComparison.Ordinal);
}
