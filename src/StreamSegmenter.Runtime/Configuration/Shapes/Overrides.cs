using System.Globalization;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>Applies <c>--set path=value</c> to the file's values. A path is keys with dots and indexes,
/// <c>cartAbandonment[0].after</c>; the index behind the last entry adds one. A value for a list or a map is YAML in one line,
/// <c>[1m, 1h]</c>; behind a map of free keys the rest of the path is the key, <c>kafka.properties.sasl.password</c>.</summary>
internal sealed class Overrides(SecretReferences secrets, Problems problems)
{
    private string _text = "";
    private SourceLocation _place;

    public void Apply(MapNode root, string option)
    {
        var equals = option.IndexOf('=');
        if (equals <= 0)
        {
            problems.Add(SourceLocation.Option($"--set {option}"), "expects path=value, such as inputs[0].file=events.csv");
            return;
        }

        var path = option[..equals].Trim();
        _text = option[(equals + 1)..];
        _place = SourceLocation.Option($"--set {path}");
        Assign(ConfigurationShape.Root, root, path, path);
    }

    /// <summary>The node at <paramref name="rest"/> of the path from here on; the old one after a failure.</summary>
    private ConfigurationNode? Assign(Shape shape, ConfigurationNode? node, string rest, string whole)
    {
        if (rest.Length == 0)
        {
            return Value(shape) ?? node;
        }

        switch (shape)
        {
            case EitherShape either:
                return Assign((rest[0] == '[' ? either.List : either.Map) ?? either.List ?? either.Map ?? either.Scalar, node, rest, whole);
            case ObjectShape section:
                return AssignKey(section, node as MapNode ?? new MapNode(_place), rest, whole);
            case FreeMapShape free:
                var map = node as MapNode ?? new MapNode(_place);
                Put(map, rest.TrimStart('.'), Value(free.Value));
                return map;
            case ListShape list:
                return AssignItem(list, node as ListNode ?? new ListNode(_place), rest, whole);
            default:
                problems.Add(_place, $"'{whole[..^rest.Length]}' is a single value: there is nothing below it");
                return node;
        }
    }

    private MapNode AssignKey(ObjectShape section, MapNode map, string rest, string whole)
    {
        rest = rest.TrimStart('.');
        var isOpen = section.OpenPrefix is { } prefix && rest.StartsWith(prefix, StringComparison.Ordinal);
        var end = isOpen ? -1 : rest.IndexOfAny(['.', '[']);
        var name = end < 0 ? rest : rest[..end];
        if (section.Find(name) is { } key)
        {
            Put(map, name, Assign(key.Shape, map.Find(name), rest[name.Length..], whole));
        }
        else
        {
            problems.Add(_place, section.Unknown(name));
        }

        return map;
    }

    private ListNode AssignItem(ListShape list, ListNode items, string rest, string whole)
    {
        var close = rest.IndexOf(']');
        var at = whole[..^rest.Length];
        if (rest[0] != '[' || close < 0
            || !int.TryParse(rest.AsSpan(1, close - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            problems.Add(_place, $"'{at}' is a list: write {at}[0] for its first entry");
        }
        else if (index > items.Items.Count)
        {
            problems.Add(_place, $"'{at}' has {items.Items.Count} entries: the next index is {items.Items.Count}");
        }
        else
        {
            var old = index < items.Items.Count ? items.Items[index] : null;
            if (Assign(list.Item, old, rest[(close + 1)..], whole) is { } changed)
            {
                items.Items.RemoveRange(index, old is null ? 0 : 1);
                items.Items.Insert(index, changed);
            }
        }

        return items;
    }

    private void Put(MapNode map, string name, ConfigurationNode? value)
    {
        if (value is not null)
        {
            map.Set(new MapEntry(name, _place, value));
        }
    }

    // Only a list or a map is read as YAML: a path such as '-' or 'C:\x' means itself.
    private ConfigurationNode? Value(Shape shape)
    {
        if (shape is not ScalarShape && _text.AsSpan().TrimStart() is ['[' or '{', ..])
        {
            return YamlNodeReader.Read(_place.File, _text, secrets, problems);
        }

        var resolved = secrets.Resolve(_text, _place, problems);
        return new ScalarNode(_place, _text, resolved, plain: true, _place with { Line = 1, Column = 1 });
    }
}
