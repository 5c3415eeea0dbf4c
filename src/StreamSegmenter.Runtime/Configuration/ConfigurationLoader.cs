using System.Text;
using StreamSegmenter.Events;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration;

/// <summary>A configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">Null when there is an error.</param>
internal sealed record LoadedConfiguration(StreamSegmenterConfiguration? Configuration, IReadOnlyList<DefinitionError> Errors)
{
    /// <summary>What is valid and probably not meant.</summary>
    public IReadOnlyList<DefinitionError> Warnings { get; init; } = [];

    /// <summary>The lines of the file, to show the place of an error.</summary>
    internal SourceText? Source { get; init; }
}

/// <summary>Reads a configuration file in four steps: YAML to nodes, <c>--set</c> over it, shapes checked, sections read.
/// Every step continues after an error, so that all errors are reported at once.</summary>
internal static class ConfigurationLoader
{
    private const int FileBytesMax = 4 * 1024 * 1024;

    private static readonly string DefinitionKeyNames = string.Join(" and ", StreamSegmenterConfiguration.DefinitionKeys.Select(key => $"'{key}'"));

    /// <summary>How to read once more what was read here.</summary>
    private sealed record Again(
        Func<string, string, LoadedConfiguration> WithDefinitions, Func<LoadedConfiguration> Reload,
        Func<IReadOnlyList<string>, LoadedConfiguration> ReloadWith, Func<string, LoadedConfiguration> ReadOther);

    /// <param name="path">The file, as errors shall name it.</param>
    /// <param name="overrides">The values of <c>--set</c>, in their order.</param>
    /// <param name="environment">Looks an environment variable up; null when it is not set.</param>
    public static LoadedConfiguration Load(
        string path, IReadOnlyList<string> overrides, ConfigurationUse use, Func<string, string?> environment)
    {
        var problems = new Problems();
        return ReadText(path, problems, new SourceLocation(path, 1, 1)) is { } text
            ? LoadText(path, text, overrides, use, environment)
            : new LoadedConfiguration(null, problems.InOrder());
    }

    /// <summary>The same for a text that is there already; <paramref name="path"/> is what errors call it.</summary>
    /// <param name="definitions">Definitions that replace those of the text, as one JSON object, and what errors call them.</param>
    public static LoadedConfiguration LoadText(
        string path, string text, IReadOnlyList<string> overrides, ConfigurationUse use, Func<string, string?> environment,
        (string Json, string Name)? definitions = null)
    {
        var problems = new Problems();
        var folder = Path.GetDirectoryName(path) ?? "";
        var secrets = new SecretReferences(environment, folder);
        var node = YamlNodeReader.Read(path, text, secrets, problems);
        if (node is not MapNode root)
        {
            if (problems.Count == 0)
            {
                problems.Add(
                    node?.Place ?? new SourceLocation(path, 1, 1),
                    $"a configuration is a map of keys such as 'inputs:', found {node?.Found ?? "an empty file"}");
            }

            return new LoadedConfiguration(null, problems.InOrder());
        }

        var options = new Overrides(secrets, problems);
        foreach (var option in overrides)
        {
            options.Apply(root, option);
        }

        Presets.Apply(root, secrets, problems);
        if (definitions is var (json, name))
        {
            Replace(root, json, name, problems);
        }

        ConfigurationShape.Root.Check(root, "configuration", problems);
        var redactor = new Redactor(PublicReferences.Secrets(root, secrets.Resolved));
        var again = new Again(
            (other, called) => LoadText(path, text, overrides, use, environment, (other, called)),
            () => Load(path, overrides, use, environment),
            more => LoadText(path, text, [.. overrides, .. more], use, environment),
            other => Load(other, [], ConfigurationUse.Check, environment));
        var configuration = ReadSections(path, root, redactor, problems, folder, use, again);
        return new LoadedConfiguration(
            configuration, [.. problems.InOrder().Select(problem => problem with { Message = redactor.Redact(problem.Message) })])
        {
            Warnings = problems.WarningsInOrder(),
            Source = new SourceText(path, text, redactor),
        };
    }

    private static void Replace(MapNode root, string json, string name, Problems problems)
    {
        root.Entries.RemoveAll(entry => StreamSegmenterConfiguration.DefinitionKeys.Contains(entry.Key));
        var before = problems.Count;
        var read = YamlNodeReader.Read(name, json, SecretReferences.Refused, problems);
        if (read is not MapNode map)
        {
            if (problems.Count == before)
            {
                problems.Add(
                    read?.Place ?? new SourceLocation(name, 1, 1),
                    $"definitions are a map of the keys {DefinitionKeyNames}, found {read?.Found ?? "an empty text"}; {{}} is none at all");
            }

            return;
        }

        foreach (var entry in map.Entries)
        {
            if (StreamSegmenterConfiguration.DefinitionKeys.Contains(entry.Key))
            {
                root.Entries.Add(entry);
            }
            else
            {
                problems.Add(entry.KeyPlace, $"'{entry.Key}' cannot change while the engine runs, only {DefinitionKeyNames} can: everything else takes a restart");
            }
        }
    }

    private static StreamSegmenterConfiguration? ReadSections(
        string path, MapNode node, Redactor redactor, Problems problems, string folder, ConfigurationUse use, Again again)
    {
        var root = new SectionReader(ConfigurationShape.Root, node, node.Place);
        var context = new LoadContext(problems, folder, use, InputsSection.OwnEventTypes(root))
        {
            Zone = DefinitionsSection.ZoneOf(root),
        };
        var currency = Currency.TryParse(root.Text("currency"), out var shop) ? shop : default;
        var inputs = InputsSection.Read(root, currency, context);
        var definitions = DefinitionsSection.Read(root, currency, context);
        var segments = DefinitionsSection.CompileSegments(root, definitions, context);
        var outputs = OperationsSection.ReadOutputs(root, context);
        var kafka = OperationsSection.ReadKafka(root, outputs.Topics, context);
        var schemas = OperationsSection.ReadSchemas(root, context);
        var engine = OperationsSection.ReadEngine(root, outputs.Topics.Changelog, kafka, context);
        var http = HttpSection.Read(root, context);
        var logging = OperationsSection.ReadLogging(root);
        return problems.Count > 0 || segments is null
            ? null
            : new StreamSegmenterConfiguration(path, inputs, definitions, segments, kafka, outputs, schemas, engine, http, logging, redactor)
            {
                OwnEventTypes = context.OwnEventTypes,
                DefinitionsJson = NodeJson.Write(node, StreamSegmenterConfiguration.DefinitionKeys),
                DefinitionReference = StreamSegmenterConfiguration.DefinitionKeys.Select(key => NodeJson.FirstReference(node.Find(key)))
                    .FirstOrDefault(reference => reference is not null),
                WithDefinitions = again.WithDefinitions,
                Reload = again.Reload,
                ReloadWith = again.ReloadWith,
                ReadOther = again.ReadOther,
            };
    }

    private static string? ReadText(string path, Problems problems, SourceLocation start)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                problems.Add(start, $"the file is larger than {SizeShape.Show(FileBytesMax)}: is it a configuration?");
                return null;
            }

            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            problems.Add(start, "the file is not UTF-8 text");
        }
        catch (FileNotFoundException)
        {
            problems.Add(SourceLocation.Option(path), "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(SourceLocation.Option(path), $"the file cannot be read: {e.Message}");
        }

        return null;
    }
}
