using StreamSegmenter.Definitions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Reads one YAML document into nodes with places. Syntax errors end the reading; what can be read on after
/// (duplicate keys, unknown anchors, tags) is collected.</summary>
internal sealed class YamlNodeReader
{
    private const int DepthMax = 32;

    private readonly string _file;
    private readonly ScalarLayout _layout;
    private readonly Parser _parser;
    private readonly SecretReferences _secrets;
    private readonly Problems _problems;
    private readonly Dictionary<string, ConfigurationNode> _anchors = new(StringComparer.Ordinal);

    private YamlNodeReader(string file, string text, SecretReferences secrets, Problems problems)
    {
        _file = file;
        _layout = new ScalarLayout(text);
        _parser = new Parser(new StringReader(ConditionText.Protect(text)));
        _secrets = secrets;
        _problems = problems;
    }

    /// <summary>The document's root, or null when it is empty or not YAML; then <paramref name="problems"/> has the reason.</summary>
    public static ConfigurationNode? Read(string file, string text, SecretReferences secrets, Problems problems)
    {
        try
        {
            return new YamlNodeReader(file, text, secrets, problems).ReadDocument();
        }
        catch (YamlException e)
        {
            problems.AddRange([YamlFault.At(file, e, text)]);
            return null;
        }
    }

    private static SourceLocation PlaceOf(string file, Mark mark) => new(file, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private ConfigurationNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _problems.Add(PlaceOf(_file, second.Start), "a configuration is one YAML document, found a second one behind '---'");
        }

        return root;
    }

    private ConfigurationNode ReadNode(int depth)
    {
        if (depth > DepthMax)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"nested deeper than {DepthMax} levels");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return ReadAlias(alias);
        }

        var start = (NodeEvent)_parser.Current!;
        ConfigurationNode node = start switch
        {
            MappingStart => ReadMap(depth),
            SequenceStart => ReadList(depth),
            _ => ReadScalar(),
        };

        // Known only once it is complete, so that no node can contain itself.
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private ConfigurationNode ReadAlias(AnchorAlias alias)
    {
        if (_anchors.TryGetValue(alias.Value.Value, out var known))
        {
            return known;
        }

        var place = PlaceOf(_file, alias.Start);
        _problems.Add(place, $"unknown anchor '*{alias.Value.Value}'{NearestName.HintOrList(alias.Value.Value, _anchors.Keys)}");
        return new ScalarNode(place, "", text: null, plain: true, place);
    }

    private ListNode ReadList(int depth)
    {
        var list = new ListNode(PlaceOf(_file, _parser.Consume<SequenceStart>().Start));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        return list;
    }

    private MapNode ReadMap(int depth)
    {
        var map = new MapNode(PlaceOf(_file, _parser.Consume<MappingStart>().Start));
        var places = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode name)
            {
                _problems.Add(key.Place, $"a key is a text, found {key.Found}");
            }
            else if (places.TryGetValue(name.Written, out var first))
            {
                _problems.Add(name.Place, $"the key '{name.Written}' is here twice: first in line {first.Line}");
            }
            else
            {
                places.Add(name.Written, name.Place);
                map.Entries.Add(new MapEntry(name.Written, name.Place, value));
            }
        }

        return map;
    }

    private ScalarNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var place = PlaceOf(_file, scalar.Start);
        var written = ConditionText.Restore(_layout.TextOf(scalar));
        var text = _secrets.Resolve(written, place, _problems);
        return new ScalarNode(place, written, text, scalar.Style == ScalarStyle.Plain, _layout.TextPlace(scalar, place));
    }
}
