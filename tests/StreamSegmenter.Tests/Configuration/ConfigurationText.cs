using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Tests.Configuration;

/// <summary>Loads a configuration from a text, in a folder of its own.</summary>
internal sealed class ConfigurationText : IDisposable
{
    public const string Minimal = "inputs:\n  - topic: clicks\n";

    private readonly Dictionary<string, string> _environment = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("streamsegmenter-configuration-").FullName;

    public ConfigurationText With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    public LoadedConfiguration Load(string yaml, string[]? sets = null, ConfigurationUse use = ConfigurationUse.Check)
    {
        var path = Path.Combine(Folder, "c.yaml");
        File.WriteAllText(path, yaml);
        return ConfigurationLoader.Load(path, sets ?? [], use, name => _environment.GetValueOrDefault(name));
    }

    public StreamSegmenterConfiguration Good(string yaml, params string[] sets)
    {
        var loaded = Load(yaml, sets);
        Assert.Empty(loaded.Errors);
        return loaded.Configuration!;
    }

    /// <summary>The errors, one per line, the folder left out.</summary>
    public string Errors(string yaml, params string[] sets) => Show(Load(yaml, sets));

    public string Show(LoadedConfiguration loaded)
    {
        Assert.NotEmpty(loaded.Errors);
        Assert.Null(loaded.Configuration);
        return string.Join('\n', loaded.Errors).Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
