namespace StreamSegmenter.Host.Commands;

/// <summary>Folders that a person names for results.</summary>
internal static class Folders
{
    /// <summary>Makes the folder where it is missing.</summary>
    /// <param name="name">The option or key that names it.</param>
    /// <exception cref="CommandFailure">It cannot be made: exit 2.</exception>
    public static void Make(string path, string name)
    {
        if (File.Exists(path))
        {
            throw new CommandFailure($"{name}: '{path}' is a file, not a folder. Name another.", ExitCode.Usage);
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailure($"{name} '{path}' cannot be made: {e.Message}", ExitCode.Usage);
        }
    }

    /// <summary>Makes the folder where it is missing, and tries whether files can be written in it.</summary>
    /// <param name="name">The option or key that names it.</param>
    /// <exception cref="CommandFailure">It cannot be made or written in: exit 2.</exception>
    public static void MakeWritable(string path, string name)
    {
        Make(path, name);
        try
        {
            var probe = Path.Combine(path, $".writable-{Guid.NewGuid():N}");
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.WriteByte(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(
                $"{name} '{path}' cannot be written: {e.Message} Give the user '{Environment.UserName}' the right to, or name another folder.",
                ExitCode.Usage);
        }
    }
}
