namespace StreamSegmenter.Tests.Scripts;

/// <summary><c>./build.sh demo</c> and <c>cli</c>: they build only where something changed, and say what stops them.</summary>
public sealed class ProgramStartTests : IDisposable
{
    private const string Program = "src/StreamSegmenter.Host/bin/Release/net10.0/StreamSegmenter.Host.dll";

    private readonly BuildScript _script = new();

    public ProgramStartTests()
    {
        foreach (var file in new[] { "src/A.cs", "schemas/a.avsc", "samples/demo.yaml", "Directory.Build.props", "global.json" })
        {
            _script.Write(file, "");
            File.SetLastWriteTimeUtc(_script.PathOf(file), DateTime.UtcNow.AddHours(-1));
        }

        foreach (var folder in Directory.GetDirectories(_script.Root, "*", SearchOption.AllDirectories))
        {
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow.AddHours(-1));
        }

        _script.Dotnet("""
            case "$1" in
              --list-sdks) echo '10.0.100 [/usr]' ;;
              restore | build) echo "$1" >>"$ROOT/calls" ;;
            esac
            """);
    }

    public void Dispose() => _script.Dispose();

    [Fact]
    public void What_is_built_starts_at_once()
    {
        Built();

        Assert.Equal((0, ""), _script.Run("build_program"));
    }

    [Fact]
    public void A_newer_source_is_built_first()
    {
        Built();
        _script.Write("src/A.cs", "changed");
        File.SetLastWriteTimeUtc(_script.PathOf("src/A.cs"), DateTime.UtcNow.AddMinutes(1));

        var (exitCode, _) = _script.Run("export ROOT; build_program");

        Assert.Equal(0, exitCode);
        Assert.Equal("restore\nbuild\n", File.ReadAllText(_script.PathOf("calls")));
    }

    [Fact]
    public void A_user_who_may_not_write_runs_what_is_built_though_it_is_older()
    {
        Built();
        _script.Write("src/A.cs", "changed");
        File.SetLastWriteTimeUtc(_script.PathOf("src/A.cs"), DateTime.UtcNow.AddMinutes(1));

        var (exitCode, output) = ReadOnly("build_program");

        Assert.Equal(0, exitCode);
        Assert.Contains("running what is built, which is older than src/A.cs: this user", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_who_may_not_write_where_nothing_is_built_sees_the_folder_and_its_owner()
    {
        var (exitCode, output) = ReadOnly("build_program");

        Assert.Equal(2, exitCode);
        Assert.Contains($"may not write to {_script.Root}, where the build puts its files", output, StringComparison.Ordinal);
        Assert.Contains("remedy: build as its owner", output, StringComparison.Ordinal);
    }

    private void Built()
    {
        _script.Write(Program, "");
        Directory.SetLastWriteTimeUtc(_script.PathOf("src"), DateTime.UtcNow.AddHours(-1));
    }

    private (int ExitCode, string Output) ReadOnly(string commands)
    {
        BuildScript.Allow("u=rx,o=rx", _script.Root);
        return _script.Run(commands, asAnother: true);
    }
}
