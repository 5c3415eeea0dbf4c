using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>The command line of a chaos run: what is wrong is refused before a cluster is disturbed for it.</summary>
public class ChaosCommandTests
{
    [Theory]
    [InlineData("engine.alignment")]
    [InlineData("=1m")]
    public void A_setting_without_key_and_value_is_refused_before_anything_is_disturbed(string setting)
    {
        var parsed = ChaosCommand.Create().Parse(["--set", "engine.alignment=1m", "--set", setting]);

        var error = Assert.Single(parsed.Errors);
        Assert.Contains($"'{setting}' is no setting; write key=value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_may_be_given_more_than_once_and_may_hold_commas_and_equals_signs()
    {
        string[] settings = ["engine.alignment=1m", "kafka.properties={ a: b=c }"];

        var parsed = ChaosCommand.Create().Parse(settings.SelectMany(setting => new[] { "--set", setting }).ToArray());

        Assert.Empty(parsed.Errors);
        Assert.Equal(settings, parsed.GetValue<string[]>("--set"));
    }
}
