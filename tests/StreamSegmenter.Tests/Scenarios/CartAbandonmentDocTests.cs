using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Tests.Configuration;
using StreamSegmenter.Tests.Scenarios.Harness;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Scenarios;

/// <summary>What docs/cart-abandonment.md shows is what the engine writes and what the loader reads.</summary>
public sealed partial class CartAbandonmentDocTests
{
    private static readonly string Path = RepositoryFiles.PathOf("docs/cart-abandonment.md");
    private static readonly string Page = File.ReadAllText(Path);

    [Fact]
    public void The_lines_are_those_that_the_scenarios_write()
    {
        Assert.Equal(3, OutputBlock().Count(Page));
        RepositoryFiles.AssertGolden(Path, OutputBlock().Replace(
            Page, block => $"{block.Groups[1].Value}```json\n{LinesOf(block.Groups[2].Value, block.Groups[3].Value)}```"));
    }

    [Fact]
    public void Every_definition_can_be_loaded() => Assert.All(YamlBlock().Matches(Page), block =>
    {
        var yaml = "inputs:\n  - topic: shop\n" + block.Groups[1].Value;
        Assert.Empty(ConfigurationLoader.LoadText("page.yaml", yaml, [], ConfigurationUse.Check, _ => null).Errors);
    });

    [Fact]
    public void Every_key_of_a_rule_has_an_example()
    {
        var keys = CartRuleShape.Rule.Keys.Select(key => key.Name).ToArray();
        Assert.True(keys.Length > 15);
        Assert.All(keys, key => Assert.Matches($@"(?m)^\s+(- )?{key}: ", Page));
    }

    [Fact]
    public void Every_field_and_every_reason_is_explained()
    {
        using var trigger = JsonDocument.Parse(LinesOf("cart-abandonment", "doc-escalation").Split('\n')[0]);
        Assert.All(trigger.RootElement.EnumerateObject(), field => Assert.Matches($@"(?m)^\| .*`{field.Name}`.* \|", Page));
        Assert.All(Enum.GetNames<SuppressionReason>(), reason =>
            Assert.Matches($@"(?m)^\| .*`{JsonNamingPolicy.CamelCase.ConvertName(reason)}`.* \|", Page));
    }

    private static string LinesOf(string topic, string scenario)
    {
        var log = new ScenarioRun(Scenario.Load(scenario), Way.EventByEvent).Log;
        var bytes = new ArrayBufferWriter<byte>();
        using var encoder = new JsonOutputEncoder();
        var text = new StringBuilder();
        Action[] outputs = topic == "cart-abandonment"
            ? [.. log.Triggers.Select<CartAbandoned, Action>(trigger => () => encoder.Encode(trigger, bytes))]
            : [.. log.Suppressed.Select<SuppressedTrigger, Action>(step => () => encoder.Encode(step, bytes))];
        foreach (var encode in outputs)
        {
            bytes.ResetWrittenCount();
            encode();
            text.Append(Encoding.UTF8.GetString(bytes.WrittenSpan)).Append('\n');
        }

        return text.ToString();
    }

    [GeneratedRegex(@"(<!-- ([a-z-]+): ([a-z-]+) -->\n)```json\n[^`]*```")]
    private static partial Regex OutputBlock();

    [GeneratedRegex(@"```yaml\n([^`]*)```")]
    private static partial Regex YamlBlock();
}
