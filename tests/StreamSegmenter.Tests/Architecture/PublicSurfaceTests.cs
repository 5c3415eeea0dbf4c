using System.Reflection;
using PublicApiGenerator;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>What a program that embeds the engine can see is a decision: the packages' public surface is that of the approved file. A change
/// on purpose is accepted with <c>STREAMSEGMENTER_ACCEPT=1</c>, and shows in the file's difference.</summary>
public sealed class PublicSurfaceTests
{
    private const string Approved = "tests/StreamSegmenter.Tests/Architecture/PublicSurface.approved.txt";

    private static readonly string[] Packages =
        ["StreamSegmenter", "StreamSegmenter.Engine", "StreamSegmenter.Connectors", "StreamSegmenter.Runtime"];

    [Fact]
    public void The_public_surface_of_the_packages_is_the_approved_one()
    {
        string surface = string.Join("\n\n", Packages.Select(Surface)) + "\n";
        string file = Path.Combine(RepositoryTree.Root, Approved);
        if (Environment.GetEnvironmentVariable("STREAMSEGMENTER_ACCEPT") == "1")
        {
            File.WriteAllText(file, surface);
        }

        Assert.Equal(File.ReadAllText(file).Split('\n'), surface.Split('\n'));
    }

    private static string Surface(string package)
    {
        string types = Assembly.Load(package).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });
        return $"// {package}\n{types.Replace("\r", "", StringComparison.Ordinal).Trim()}";
    }
}
