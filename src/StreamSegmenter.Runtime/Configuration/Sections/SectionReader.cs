using System.Diagnostics;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>A text of the configuration and its place.</summary>
internal readonly record struct PlacedText(string Text, SourceLocation Place);

/// <summary>Reads the values of one section after its shape was checked: a value that is missing or was refused is its
/// default, so that reading goes on and finds what else is wrong.</summary>
internal readonly struct SectionReader(ObjectShape shape, ConfigurationNode? node, SourceLocation parent)
{
    private readonly MapNode? _map = node as MapNode;

    /// <summary>The section's place, or that of the section around it when it is missing.</summary>
    public SourceLocation Place => _map?.Place ?? parent;

    /// <summary>Every key that the section may have.</summary>
    public IEnumerable<string> Keys => shape.Keys.Select(key => key.Name);

    public bool Has(string key) => Value(shape[key]) is not null;

    /// <summary>There is a key that is not known and most likely means this one.</summary>
    public bool HasMistyped(string key) => _map is not null && shape.IsMistyped(_map, key);

    /// <summary>The place of a key's value; the section's place when it is missing.</summary>
    public SourceLocation PlaceOf(string key) => Value(shape[key])?.Place ?? Place;

    /// <summary>The scalar of a key, if it is there and valid.</summary>
    public ScalarNode? Scalar(string key) =>
        Value(shape[key]) is ScalarNode scalar && IsValid(shape[key].Shape, scalar) ? scalar : null;

    public string? TextOrNull(string key) => Scalar(key)?.Text ?? shape[key].Default;

    public string Text(string key) => TextOrNull(key) ?? "";

    public long Integer(string key) => IntegerShape.TryParse(Text(key), out var value) ? value : 0;

    public bool Boolean(string key) => BooleanShape.IsTrue(Text(key));

    /// <summary>The value of a key's word, or of its default.</summary>
    public T Choice<T>(string key) => ChoiceShapeOf<T>(key).ValueOf(Text(key));

    /// <summary>The same of a key without a default; null when it is missing.</summary>
    public T? ChoiceOrNull<T>(string key)
        where T : struct => Scalar(key) is { } word ? ChoiceShapeOf<T>(key).ValueOf(word.Text) : null;

    /// <summary>A duration in milliseconds or a size in bytes; 0 when it is missing and has no default.</summary>
    public long Measure(string key) =>
        shape[key].Shape is UnitShape unit && unit.TryParse(Text(key), out var value) ? value : 0;

    public SectionReader Section(string key) => new(SectionShape(shape[key].Shape), Value(shape[key]), Place);

    /// <summary>The sections of a list.</summary>
    public IReadOnlyList<SectionReader> Sections(string key)
    {
        var item = SectionShape(((ListShape)shape[key].Shape).Item);
        var place = Place;
        return Value(shape[key]) is ListNode list ? [.. list.Items.Select(i => new SectionReader(item, i, place))] : [];
    }

    /// <summary>The valid texts of a list, or those of its default.</summary>
    public IReadOnlyList<PlacedText> Texts(string key)
    {
        var list = shape[key].Shape as ListShape ?? ((EitherShape)shape[key].Shape).List!;
        var place = Place;
        return (Value(shape[key]), shape[key].Default) switch
        {
            (ListNode node, _) =>
                [.. node.Items.OfType<ScalarNode>().Where(s => IsValid(list.Item, s)).Select(s => new PlacedText(s.Text, s.Place))],
            (null, { } text) => [.. text.Trim('[', ']').Split(", ").Select(t => new PlacedText(t, place))],
            _ => [],
        };
    }

    /// <summary>The durations of a list, milliseconds.</summary>
    public IReadOnlyList<(long Ms, SourceLocation Place)> Durations(string key)
    {
        var unit = (UnitShape)((ListShape)shape[key].Shape).Item;
        return [.. Texts(key).Select(t => (unit.TryParse(t.Text, out var ms) ? ms : 0, t.Place))];
    }

    /// <summary>The keys that a section or a free map really has, with their texts.</summary>
    public IReadOnlyList<(string Key, SourceLocation KeyPlace, ScalarNode Value)> Entries(string key) =>
        Value(shape[key]) is MapNode map
            ? [.. map.Entries.Where(e => e.Value is ScalarNode { IsNull: false, IsFaulty: false })
                .Select(e => (e.Key, e.KeyPlace, (ScalarNode)e.Value))]
            : [];

    /// <summary>The keys present in a section, with their values as written.</summary>
    public IReadOnlyList<MapEntry> Nodes(string key) => Value(shape[key]) is MapNode map ? map.Entries : [];

    /// <summary>The value of a key as written; null when it is missing.</summary>
    public ConfigurationNode? Node(string key) => Value(shape[key]);

    private ChoiceShape<T> ChoiceShapeOf<T>(string key) =>
        (ChoiceShape<T>)(shape[key].Shape is EitherShape { Scalar: var word } ? word : shape[key].Shape);

    private ConfigurationNode? Value(Key key) =>
        _map?.Find(key.Name) is { } value and not ScalarNode { IsNull: true } ? value : null;

    private static ObjectShape SectionShape(Shape of) => of switch
    {
        ObjectShape section => section,
        EitherShape { Map: ObjectShape section } => section,
        _ => throw new UnreachableException($"{of.Expectation} is no section."),
    };

    private static bool IsValid(Shape shape, ScalarNode scalar)
    {
        if (scalar.IsFaulty)
        {
            return false;
        }

        var complaints = new Problems();
        shape.Check(scalar, "", complaints);
        return complaints.Count == 0;
    }
}
