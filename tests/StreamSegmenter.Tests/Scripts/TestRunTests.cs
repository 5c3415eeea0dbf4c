namespace StreamSegmenter.Tests.Scripts;

/// <summary><c>./build.sh test</c>: one total, out of what the runner itself recorded, whatever happens to a project.</summary>
public sealed class TestRunTests : IDisposable
{
    private const string Skipped =
        """<UnitTestResult testName="b" outcome="NotExecuted"><Output><ErrorInfo><Message>needs a broker</Message></ErrorInfo></Output></UnitTestResult>""";

    private readonly BuildScript _script = new();

    public TestRunTests()
    {
        foreach (var name in new[] { "Shop.Tests", "StreamSegmenter.Integration" })
        {
            _script.Write($"tests/{name}/{name}.csproj", "<PackageReference Include=\"Microsoft.NET.Test.Sdk\" />");
        }

        _script.Write("tests/Shop.Tool/Shop.Tool.csproj", "<Project />");
    }

    public void Dispose() => _script.Dispose();

    [Fact]
    public void The_last_line_adds_up_what_all_projects_passed_failed_and_skipped()
    {
        Results(shop: (7, 0, 0), integration: (5, 0, 1));

        var (exitCode, output) = _script.Run("test_all");

        Assert.Equal(0, exitCode);
        Assert.EndsWith("    1 skipped: needs a broker\n12 passed, 0 failed, 1 skipped\n", output, StringComparison.Ordinal);
        Assert.Equal("12 passed, 0 failed, 1 skipped\n", File.ReadAllText(_script.PathOf("artifacts/test-results/summary")));
        Assert.DoesNotContain("Tool", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    public void A_failed_test_of_either_ends_with_1(int shop, int integration)
    {
        Results((7, shop, 0), (5, integration, 0));

        var (exitCode, output) = _script.Run("test_all");

        Assert.Equal(1, exitCode);
        Assert.EndsWith("\n12 passed, 2 failed, 0 skipped\n", output, StringComparison.Ordinal);
        Assert.Contains("Failed Test.That.Fails", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Shop.Tests")]
    [InlineData("StreamSegmenter.Integration")]
    public void A_project_that_crashed_counts_as_a_failure(string name)
    {
        Results((7, 0, 0), (5, 0, 0), crashed: name);

        var (exitCode, output) = _script.Run("test_all");

        Assert.Equal(1, exitCode);
        Assert.Contains($"{name} failed as a whole", output, StringComparison.Ordinal);
        Assert.Matches(@"\n(7|5) passed, 1 failed, 0 skipped\n$", output);
    }

    [Fact]
    public void A_filter_that_finds_nothing_is_an_error()
    {
        Results((0, 0, 0), (0, 0, 0));

        var (exitCode, output) = _script.Run("test_all CratAbandonment");

        Assert.Equal(1, exitCode);
        Assert.Contains("no test was found by: --filter FullyQualifiedName~CratAbandonment", output, StringComparison.Ordinal);
    }

    /// <summary>A <c>dotnet test</c> that writes such results, as VSTest does.</summary>
    private void Results((int Passed, int Failed, int Skipped) shop, (int Passed, int Failed, int Skipped) integration, string crashed = "none")
    {
        string Trx((int Passed, int Failed, int Skipped) of) => $"""
            <TestRun><Results>{(of.Skipped > 0 ? Skipped : "")}</Results><ResultSummary><Counters total="{of.Passed + of.Failed + of.Skipped}" executed="{of.Passed + of.Failed}" passed="{of.Passed}" failed="{of.Failed}" error="0" timeout="0" aborted="0" notExecuted="0" /></ResultSummary></TestRun>
            """;
        _script.Write("Shop.Tests.trx", Trx(shop));
        _script.Write("StreamSegmenter.Integration.trx", Trx(integration));
        _script.Dotnet($$"""
            name=$(basename "$2" .csproj)
            [ "$name" != StreamSegmenter.Integration ] || sleep 1 # the others are done by then
            [ "$name" != "{{crashed}}" ] || exit 134
            cp "{{_script.Root}}/$name.trx" "{{_script.Root}}/artifacts/test-results/$name.trx"
            grep -q 'failed="0"' "{{_script.Root}}/$name.trx" || { echo '  Failed Test.That.Fails [1 s]'; exit 1; }
            """);
    }
}
