using System.Text;
using System.Text.RegularExpressions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Tests.Codecs;
using StreamSegmenter.Tests.Commands;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The page about events says what the program does: its examples are run, its errors are provoked.</summary>
public sealed partial class EventsDocTests
{
    private static readonly DocPage Page = DocPage.All.Single(page => page.Name.Replace('\\', '/') == "docs/events.md");

    [Fact]
    public async Task Each_example_gives_the_triggers_that_stand_below_it()
    {
        var examples = Page.Blocks.Chunk(3).ToArray();

        Assert.Equal(2, examples.Length);
        foreach (var example in examples)
        {
            Assert.Equal(["jsonl", "yaml config", "text triggers"], example.Select(block => block.Info));
            using var cli = new Cli();
            cli.Write("events.jsonl", example[0].Text);
            using var replayed = await Replayed.RunAsync(cli.Write("c.yaml", example[1].Text));
            Assert.Equal(example[2].Text, replayed.Triggers);
        }
    }

    [Theory]
    [InlineData("## What is refused", true, 8)]
    [InlineData("## What is left out", false, 6)]
    public void Each_error_is_the_one_that_the_page_names(string heading, bool isRefused, int rows)
    {
        var text = File.ReadAllText(RepositoryFiles.PathOf("docs/events.md"));
        var section = text[text.IndexOf(heading, StringComparison.Ordinal)..];
        var next = section.IndexOf("\n## ", 5, StringComparison.Ordinal);
        var errors = Row().Matches(next < 0 ? section : section[..next]).ToArray();

        Assert.Equal(rows, errors.Length);
        Assert.All(errors, error =>
        {
            var decoded = Decoded.Json(Encoding.UTF8.GetBytes(error.Groups["record"].Value));
            Assert.Equal(isRefused, decoded.Outcome.Status == DecodeStatus.Refused);
            Assert.StartsWith(error.Groups["reason"].Value, decoded.Outcome.Reason, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_page_names_every_type_and_every_name_that_is_understood()
    {
        var text = File.ReadAllText(RepositoryFiles.PathOf("docs/events.md"));

        Assert.All(EventTypes.WellKnown, type => Assert.Contains($"`{type}`", text, StringComparison.Ordinal));
        Assert.All(Connectors.Codecs.Mapping.DefaultNames.Of(Connectors.Codecs.Mapping.MappedField.EventType), name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
        Assert.All(Connectors.Codecs.Mapping.DefaultNames.Of(Connectors.Codecs.Mapping.MappedField.EventId), name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_about_presets_names_each_of_them()
    {
        var text = File.ReadAllText(RepositoryFiles.PathOf("docs/presets.md"));

        Assert.All(StreamSegmenter.Runtime.Configuration.Shapes.Presets.Names, name => Assert.Contains($"| `{name}` |", text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<record>[\[{].*)` \| (?<reason>.*) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
