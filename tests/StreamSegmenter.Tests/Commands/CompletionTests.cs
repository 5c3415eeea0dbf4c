using System.Diagnostics;

namespace StreamSegmenter.Tests.Commands;

public sealed class CompletionTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("streamsegmenter re", "replay")]
    [InlineData("streamsegmenter ", "completion,demo,explain,generate,inspect,metrics,plan,publish,replay,run,segments,state,validate")]
    [InlineData("/usr/bin/streamsegmenter state ", "export,import,verify")]
    [InlineData("streamsegmenter replay --dr", "--drain")]
    [InlineData("streamsegmenter replay --config shop.yaml --la", "--lanes")]
    [InlineData("streamsegmenter generate --format ", "csv,json")]
    [InlineData("streamsegmenter validate --preset sh", "shopify")]
    [InlineData("streamsegmenter completion ", "bash,fish,zsh")]
    public async Task What_may_follow_is_answered(string line, string expected)
    {
        Assert.Equal(0, await _cli.RunAsync("complete", line));

        var answers = _cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(expected.Split(','), answers.Where(answer => !answer.StartsWith('-') || expected.StartsWith('-')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_a_file_is_expected_nothing_is_answered_and_the_shell_offers_its_files()
    {
        Assert.Equal(0, await _cli.RunAsync("complete", "streamsegmenter validate --config "));

        Assert.Empty(_cli.Out);
    }

    [Fact]
    public async Task A_shell_that_is_not_known_is_refused_with_those_that_are()
    {
        Assert.Equal(2, await _cli.RunAsync("completion", "tcsh"));

        Assert.Contains("bash, zsh or fish, found 'tcsh'", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_script_asks_the_program(string shell)
    {
        Assert.Equal(0, await _cli.RunAsync("completion", shell));

        Assert.Contains("streamsegmenter complete ", _cli.Out, StringComparison.Ordinal);
    }

    /// <summary>The script in a real bash, with a function in the program's place that shows what it was asked.</summary>
    [Fact]
    public async Task Bash_completes_with_what_the_program_answers()
    {
        Assert.Equal(0, await _cli.RunAsync("completion", "bash"));
        var script = _cli.Write("try.sh", $$"""
            {{_cli.Out}}
            streamsegmenter() { printf '%s\n' "$1|$2" replay; }
            COMP_LINE='streamsegmenter re --x' COMP_POINT=18
            _streamsegmenter
            printf '%s\n' "${COMPREPLY[@]}"
            complete -p streamsegmenter
            """);

        using var bash = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal("complete|streamsegmenter re\nreplay\ncomplete -o default -F _streamsegmenter streamsegmenter\n", output);
    }
}
