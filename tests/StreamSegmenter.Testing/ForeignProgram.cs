namespace StreamSegmenter.Testing;

/// <summary>A program of another maker that tests check our output with.</summary>
internal static class ForeignProgram
{
    /// <summary>Skips the running test where the program is not on the PATH.</summary>
    /// <param name="package">Debian's, that has it.</param>
    public static void Require(string program, string package = "prometheus")
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(
            folders.Any(folder => File.Exists(Path.Combine(folder, program))),
            $"needs {program} on the PATH (Debian: apt-get install --no-install-recommends {package})");
    }
}
