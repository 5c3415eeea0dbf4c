using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>One source name bound to one field.</summary>
/// <param name="Rank">Among the sources of a field the lowest rank that has a value wins.</param>
/// <param name="PropertyName">For <see cref="MappedField.Property"/> its name; else the name under which a value that lost against a
/// better source is kept.</param>
/// <param name="Next">The next binding of the same source, -1 behind the last.</param>
internal readonly record struct SourceBinding(MappedField Field, int Rank, byte[] PropertyName, int Next);

/// <summary>A mapping made ready for decoding: look-up tables over UTF-8 names. Immutable, so the decoders of all
/// lanes share one.</summary>
public sealed class CompiledMapping
{
    private readonly SourceBinding[] _bindings;
    private readonly Dictionary<int, int> _byColumn = [];
    private readonly List<(int Binding, byte[] Value)> _constants = [];
    private readonly Utf8Table _byPath;
    private readonly Utf8Table _byOuterPath;
    private readonly Utf8Table _eventTypes;

    private CompiledMapping(InputMapping mapping)
    {
        var bindings = new List<SourceBinding>();
        var paths = new Dictionary<string, int>(StringComparer.Ordinal);
        var outerPaths = new Dictionary<string, int>(StringComparer.Ordinal);
        BindMapped(mapping, bindings, paths, outerPaths);
        BindDefaults(mapping, bindings, paths);
        _bindings = [.. bindings];
        _byPath = new Utf8Table(paths);
        _byOuterPath = new Utf8Table(outerPaths);
        _eventTypes = new Utf8Table(EventTypeTable(mapping));
        Currency = mapping.Currency is { } code && Events.Currency.TryParse(code, out var currency) ? currency : default;
        Mapping = mapping;
        Unfold = mapping.Unfold is null ? [] : Encoding.UTF8.GetBytes(mapping.Unfold);
    }

    /// <summary>What this was made of.</summary>
    public InputMapping Mapping { get; }

    /// <summary>Path of the array whose elements are the events; empty when a record is one event.</summary>
    internal byte[] Unfold { get; }

    internal Currency Currency { get; }

    internal IReadOnlyList<(int Binding, byte[] Value)> Constants => _constants;

    /// <summary>The highest column that the mapping reads, 0 for none.</summary>
    internal int ColumnMax => _byColumn.Count == 0 ? 0 : _byColumn.Keys.Max();

    /// <summary>Names that the mapping reads and that must therefore exist in a table's header.</summary>
    internal IEnumerable<(string Field, string Column)> RequiredColumns =>
        from pair in Mapping.Fields
        where FieldSource.TryParse(pair.Value, out var source, out _) && source.Kind == FieldSourceKind.Path
        orderby pair.Key
        select (pair.Key, pair.Value);

    /// <exception cref="ArgumentException">The mapping has errors: <see cref="InputMapping.Check"/> first.</exception>
    public static CompiledMapping Of(InputMapping mapping)
    {
        var errors = mapping.Check();
        return errors.Count == 0
            ? new CompiledMapping(mapping)
            : throw new ArgumentException($"{errors[0].Path}: {errors[0].Message}", nameof(mapping));
    }

    internal ref readonly SourceBinding this[int binding] => ref _bindings[binding];

    /// <summary>The first binding of a path, -1 when it is bound to no field.</summary>
    internal int FirstOfPath(ReadOnlySpan<byte> path) => _byPath.Find(path);

    internal int FirstOfOuterPath(ReadOnlySpan<byte> path) => _byOuterPath.Find(path);

    /// <summary>The first binding of a column counted from 1, -1 when it is bound to no field.</summary>
    internal int FirstOfColumn(int column) => _byColumn.GetValueOrDefault(column, -1);

    internal EventType TypeOf(ReadOnlySpan<byte> name)
    {
        var mapped = _eventTypes.Find(name);
        return mapped >= 0 ? new EventType((ushort)mapped) : EventTypes.Intern(name);
    }

    private void BindMapped(
        InputMapping mapping, List<SourceBinding> bindings, Dictionary<string, int> paths, Dictionary<string, int> outerPaths)
    {
        foreach (var (name, text) in mapping.Fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            FieldSource.TryParse(text, out var source, out _);
            var isField = MappedFieldNames.TryParse(name, out var field);
            var target = isField ? field : MappedField.Property;
            var property = Encoding.UTF8.GetBytes(isField ? "" : name[MappedFieldNames.PropertyPrefix.Length..]);
            switch (source.Kind)
            {
                case FieldSourceKind.Path:
                    paths[source.Text] = Bind(bindings, target, 0, property, paths.GetValueOrDefault(source.Text, -1));
                    break;
                case FieldSourceKind.OuterPath:
                    outerPaths[source.Text] = Bind(bindings, target, 0, property, outerPaths.GetValueOrDefault(source.Text, -1));
                    break;
                case FieldSourceKind.Column:
                    _byColumn[source.Column] = Bind(bindings, target, 0, property, _byColumn.GetValueOrDefault(source.Column, -1));
                    break;
                default:
                    _constants.Add((Bind(bindings, target, 0, property, -1), Encoding.UTF8.GetBytes(source.Text)));
                    break;
            }
        }
    }

    // A name that the mapping reads has the mapping's meaning alone, and so has a field that it binds.
    private static void BindDefaults(InputMapping mapping, List<SourceBinding> bindings, Dictionary<string, int> paths)
    {
        for (var field = MappedField.EventId; field < MappedField.Property; field++)
        {
            if (mapping.Fields.ContainsKey(MappedFieldNames.NameOf(field))
                || (field == MappedField.EventTime && mapping.TimestampFrom == TimestampSource.Record)
                || (field == MappedField.CustomerId && mapping.CustomerFrom == CustomerSource.Key))
            {
                continue;
            }

            var names = DefaultNames.Of(field);
            for (var rank = 0; rank < names.Count; rank++)
            {
                if (!paths.ContainsKey(names[rank]))
                {
                    var property = names[rank][(names[rank].LastIndexOf('.') + 1)..];
                    paths[names[rank]] = Bind(bindings, field, rank, Encoding.UTF8.GetBytes(property), -1);
                }
            }
        }
    }

    private static int Bind(List<SourceBinding> bindings, MappedField field, int rank, byte[] property, int next)
    {
        bindings.Add(new SourceBinding(field, rank, property, next));
        return bindings.Count - 1;
    }

    // The types known now, so that the usual names cost one look-up of their bytes; what comes later is asked of EventTypes.
    private static Dictionary<string, int> EventTypeTable(InputMapping mapping)
    {
        var types = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < EventTypes.Count; id++)
        {
            types[EventTypes.NameOf(new EventType((ushort)id))] = id;
        }

        foreach (var (foreign, type) in mapping.EventTypes)
        {
            types[foreign] = EventTypes.Intern(type).Id;
        }

        return types;
    }
}
