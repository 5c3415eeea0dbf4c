using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>What the pages show can be used as it stands: configurations are good, and what they point at is there.</summary>
public sealed class DocsTests
{
    /// <summary>The mark of a block that is a whole configuration.</summary>
    private const string ConfigurationMark = "yaml config";

    [Fact]
    public void Every_configuration_in_the_pages_is_valid()
    {
        var blocks = DocPage.All.SelectMany(page => page.Blocks.Select(block => (page.Name, block)))
            .Where(found => found.block.Info == ConfigurationMark).ToArray();

        Assert.True(blocks.Length >= 4, $"only {blocks.Length} blocks are marked '{ConfigurationMark}'");
        Assert.Empty(blocks.SelectMany(found => ErrorsOf(found.Name, found.block)));
    }

    [Fact]
    public void Every_configuration_with_inputs_carries_the_mark() => Assert.Empty(
        from page in DocPage.All
        from block in page.Blocks
        where block.Info == "yaml" && $"\n{block.Text}".Contains("\ninputs:", StringComparison.Ordinal)
        select $"{page.Name}:{block.Line} is a configuration: write ```{ConfigurationMark}");

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        var links = DocPage.All.SelectMany(page => page.Links.Select(link => (page, link))).ToArray();

        Assert.True(links.Length > 30, $"only {links.Length} links");
        Assert.Empty(links.Where(found => !found.page.Reaches(found.link.Target) || !found.page.HasHeading(found.link.Target))
            .Select(found => $"{found.page.Name}:{found.link.Line}: {found.link.Target}"));
    }

    [Fact]
    public void Every_file_that_a_page_names_is_there()
    {
        var paths = DocPage.All.SelectMany(page => page.Paths.Select(path => (page, path))).ToArray();

        Assert.True(paths.Length > 15, $"only {paths.Length} paths");
        Assert.Empty(paths.Where(found => !Path.Exists(RepositoryFiles.PathOf(found.path.Target)))
            .Select(found => $"{found.page.Name}:{found.path.Line}: {found.path.Target}"));
    }

    /// <summary>As 'validate' would say; the files that a block names need not be here.</summary>
    private static IEnumerable<string> ErrorsOf(string page, DocBlock block) => ConfigurationLoader
        .LoadText($"{page}:{block.Line}", block.Text, [], ConfigurationUse.Check, name => $"value-of-{name}")
        .Errors.Select(error => error.ToString());
}
