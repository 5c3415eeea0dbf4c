using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Writes definitions as YAML that a person edits: read again, it says the same. Comments of the original are not in it.</summary>
internal static class NodeYaml
{
    private const int DepthMax = 1_000;

    /// <param name="json">As <see cref="NodeJson"/> wrote it.</param>
    public static string OfJson(string json)
    {
        var root = YamlNodeReader.Read("", json, SecretReferences.Refused, new Problems());
        if (root is not MapNode { Entries.Count: > 0 })
        {
            return "{}\n";
        }

        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(
            bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: DepthMax, indentSequences: true, newLine: "\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(root, emitter);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(ConfigurationNode node, Emitter emitter)
    {
        switch (node)
        {
            case MapNode map:
                emitter.Emit(new MappingStart());
                foreach (var entry in map.Entries)
                {
                    emitter.Emit(new Scalar(entry.Key));
                    Emit(entry.Value, emitter);
                }

                emitter.Emit(new MappingEnd());
                break;
            case ListNode list:
                emitter.Emit(new SequenceStart(
                    AnchorName.Empty, TagName.Empty, isImplicit: true, list.Items.TrueForAll(item => item is ScalarNode) ? SequenceStyle.Flow : SequenceStyle.Block));
                list.Items.ForEach(item => Emit(item, emitter));
                emitter.Emit(new SequenceEnd());
                break;
            default:
                EmitScalar((ScalarNode)node, emitter);
                break;
        }
    }

    // A text that would be a number, a truth value or nothing without quotation marks keeps them.
    private static void EmitScalar(ScalarNode scalar, Emitter emitter)
    {
        var isText = !scalar.Plain && (scalar.Written is "" or "~" || NodeJson.IsNumber(scalar.Written) || scalar.Written.StartsWith("null", StringComparison.OrdinalIgnoreCase));
        emitter.Emit(new Scalar(
            AnchorName.Empty, TagName.Empty, scalar.Written, isText ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, isPlainImplicit: true, isQuotedImplicit: true));
    }
}
