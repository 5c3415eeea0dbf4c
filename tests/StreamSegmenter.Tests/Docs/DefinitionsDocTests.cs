using System.Globalization;
using StreamSegmenter.Tests.Commands;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The page about changes of definitions shows what the commands print: they are run as they stand there.</summary>
public sealed class DefinitionsDocTests : IDisposable
{
    private static readonly string[] Files = ["shop.yaml", "new.yaml", "events.jsonl", "results", "moves.jsonl"];
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task What_the_page_shows_of_a_comparison_is_what_it_prints_and_its_other_commands_work()
    {
        var blocks = DocPage.All.Single(page => page.Name.Replace('\\', '/') == "docs/definitions.md").Blocks;
        var shop = blocks.First(block => block.Info == "yaml config").Text;
        _cli.Write("shop.yaml", shop);
        _cli.Write("new.yaml", shop.Replace("[30m, 2h]", "[20m, 2h]", StringComparison.Ordinal));
        var table = blocks.Single(block => block.Text.Contains("recovered of emitted", StringComparison.Ordinal)).Text;
        var printed = "";
        foreach (var command in blocks.Where(block => block.Info == "sh").SelectMany(block => block.Text.Split('\n'))
            .Where(line => !line.Contains("publish", StringComparison.Ordinal) && !line.Contains("--against running", StringComparison.Ordinal)))
        {
            Assert.True(await _cli.RunAsync([.. WordsOf(command)]) == 0, $"{command}: {_cli.Error}");
            printed += _cli.Out;
        }

        Assert.Contains(table, printed, StringComparison.Ordinal);
        Assert.Contains("nothing is changed", printed, StringComparison.Ordinal);
    }

    /// <summary>Without the program's name; quotation marks are the shell's, and the files are in the test's folder.</summary>
    private IEnumerable<string> WordsOf(string command)
    {
        var quoted = command.Split('\'');
        for (var i = 0; i < quoted.Length; i++)
        {
            string[] words = i % 2 == 1 ? [quoted[i]] : quoted[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var word in words.Skip(i == 0 ? 1 : 0))
            {
                var file = Array.Find(Files, name => word.EndsWith(name, StringComparison.Ordinal));
                yield return file is null ? word : string.Create(CultureInfo.InvariantCulture, $"{word[..^file.Length]}{_cli.PathOf(file)}");
            }
        }
    }
}
