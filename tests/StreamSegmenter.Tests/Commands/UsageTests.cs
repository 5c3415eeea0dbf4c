using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Commands;

public sealed class UsageTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Without_arguments_the_help_lists_every_command()
    {
        Assert.Equal(0, await _cli.RunAsync());

        Assert.All(
            ["streamsegmenter [command]", "demo", "run", "replay", "validate", "generate", "inspect", "explain", "metrics"],
            word => Assert.Contains(word, _cli.Out, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("run")]
    [InlineData("replay")]
    [InlineData("validate")]
    [InlineData("generate")]
    [InlineData("inspect")]
    [InlineData("explain")]
    [InlineData("metrics")]
    public async Task Every_commands_help_ends_with_an_example(string command)
    {
        Assert.Equal(0, await _cli.RunAsync(command, "--help"));

        Assert.Contains($"Example:{Environment.NewLine}  ", _cli.Out, StringComparison.Ordinal);
        Assert.Contains($"streamsegmenter {command}", _cli.Out[_cli.Out.IndexOf("Example:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replya", "there is no 'replya'. Did you mean 'replay'?")]
    [InlineData("validate --confg x", "there is no '--confg'. Did you mean '--config'?")]
    [InlineData("validate", "validate needs --config FILE, or --preset NAME")]
    [InlineData("replay --config x", "Option '--out' is required.")]
    [InlineData("replay --config x --out y --lanes 0", "--lanes expects a whole number from 1 to 256")]
    [InlineData("demo --for soon", "--for expects a duration from 1s to 30d, such as 30s")]
    [InlineData("generate --duplicates 2", "--duplicates expects a share from 0 to 1")]
    [InlineData("generate --format xml", "xml")]
    [InlineData("explain --config x --customer ann --at 2026", "--at expects a time such as 2026-01-31T12:00:00Z")]
    public async Task A_mistake_in_the_command_line_is_one_sentence_and_exit_2(string line, string expected)
    {
        Assert.Equal(2, await _cli.RunAsync(line.Split(' ')));

        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Out);
    }

    [Fact]
    public async Task A_broken_configuration_shows_all_errors_and_exits_with_2()
    {
        Assert.Equal(2, await _cli.RunAsync("validate", "--config", RepositoryFiles.PathOf("tests/StreamSegmenter.Tests/Configuration/broken.yaml")));

        Assert.Contains("broken.yaml:2:5: unknown key 'topik'", _cli.Error, StringComparison.Ordinal);
        Assert.Matches(@"\nstreamsegmenter: \d\d errors in the configuration\r?\n$", _cli.Error);
        Assert.DoesNotContain("   at ", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_input_is_exit_2_with_the_place_that_names_it()
    {
        var config = _cli.Write("c.yaml", "inputs:\n  - file: gone.csv\n");

        Assert.Equal(2, await _cli.RunAsync("replay", "--config", config, "--out", _cli.PathOf("out")));
        Assert.StartsWith($"{config}:2:11: there is no file 'gone.csv'", _cli.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("out")));
    }

    [Fact]
    public async Task An_input_that_cannot_be_read_on_is_exit_1_without_a_stack_trace()
    {
        var config = _cli.Write("c.yaml", "inputs:\n  - file: events.csv\n    mapping: {fields: {customer_id: nobody}}\n");
        _cli.Write("events.csv", "a,b\n1,2\n");

        Assert.Equal(1, await _cli.RunAsync("replay", "--config", config, "--out", _cli.PathOf("out")));
        Assert.Contains("events.csv: ", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_shows_the_effective_configuration_and_no_secret()
    {
        var config = _cli.Write("c.yaml", """
            inputs: [{topic: clicks}]
            kafka: {brokers: 'a:1', properties: {sasl.password: hunter2, sasl.username: me}}
            cartAbandonment: [{id: left, after: 90m, minTotal: 20.00}]
            segments: [{id: vip, when: "count(order_completed, 90d) >= 3"}]
            """);

        Assert.Equal(0, await _cli.RunAsync("validate", "--config", config));
        Assert.Contains("fires 90m after the last change of the cart", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("only carts worth at least 20.00 EUR", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("count(order_completed, 90d, pane: 1d): 16 bytes for each", _cli.Out, StringComparison.Ordinal);
        Assert.Matches("sasl.password +\\*\\*\\*", _cli.Out);
        Assert.DoesNotContain("hunter2", _cli.Out, StringComparison.Ordinal);
    }
}
