using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>A mapping made ready for decoding: look-up tables over UTF-8 names. Immutable, so the decoders of all
/// lanes share one.</summary>
internal sealed class CompiledMapping
{
    private readonly SourceBinding[] _bindings;
    private readonly LineBinding[] _lineBindings;
    private readonly Dictionary<int, int> _byColumn;
    private readonly (int Binding, byte[] Value)[] _constants;
    private readonly ListStepBytes[][] _lists;
    private readonly byte[]?[] _conditions;
    private readonly FieldRules?[] _rules = new FieldRules?[MappedFieldNames.Count];
    private readonly FieldRules?[] _lineRules = new FieldRules?[LineFieldNames.Count];
    private readonly Utf8Table _byPath;
    private readonly Utf8Table _byOuterPath;
    private readonly Utf8Table _byLinePath;
    private readonly Utf8Table _listPaths;
    private readonly Utf8Table _itemLists;
    private readonly Utf8Table _json;
    private readonly Utf8Table _eventTypes;

    private CompiledMapping(InputMapping mapping)
    {
        Mapping = mapping;
        var tables = new MappingTables();
        BindMapped(tables);
        BindDefaults(tables);
        BindLines(tables);
        _bindings = [.. tables.Bindings];
        _lineBindings = [.. tables.LineBindings];
        _constants = [.. tables.Constants];
        _byColumn = tables.Columns;
        _conditions = [.. tables.Conditions];
        _byPath = tables.Paths;
        _byOuterPath = tables.OuterPaths;
        _byLinePath = tables.LinePaths;
        _listPaths = tables.ListPaths;
        _lists = [.. tables.Lists.Select(steps => steps.Select(step => new ListStepBytes(step)).ToArray())];
        var itemLists = mapping.Items.From.IsEmpty ? DefaultNames.Items.Where(path => !tables.HasPath(path)) : mapping.Items.From.Select(Path);
        _itemLists = new Utf8Table([.. itemLists.Distinct().Select((path, rank) => KeyValuePair.Create(path, rank))]);
        _json = new Utf8Table([.. mapping.Json.Distinct().Select(path => KeyValuePair.Create(Path(path), 1))]);
        _eventTypes = new Utf8Table(EventTypeTable(mapping));
        Currency = mapping.Currency is { } code && Events.Currency.TryParse(code, out var currency) ? currency : default;
        Unfold = mapping.Unfold is null ? [] : Encoding.UTF8.GetBytes(Path(mapping.Unfold));
    }

    /// <summary>What this was made of.</summary>
    public InputMapping Mapping { get; }

    /// <summary>Path of the array whose elements are the events; empty when a record is one event.</summary>
    internal byte[] Unfold { get; }

    internal Currency Currency { get; }

    internal ReadOnlySpan<(int Binding, byte[] Value)> Constants => _constants;

    internal int BindingCount => _bindings.Length;

    /// <summary>The highest column that the mapping reads, 0 for none.</summary>
    internal int ColumnMax => _byColumn.Count == 0 ? 0 : _byColumn.Keys.Max();

    /// <summary>Names that the mapping reads and that must therefore exist in a table's header: those of fields with one source alone.</summary>
    internal IEnumerable<(string Field, string Column)> RequiredColumns =>
        from pair in Mapping.Fields
        where pair.Value.From.Length == 1 && !pair.Value.IsPreset
            && FieldSource.TryParse(pair.Value.From[0], out var source, out _) && source.Kind == FieldSourceKind.Path
        orderby pair.Key
        select (pair.Key, Path(pair.Value.From[0]));

    internal bool HasJson => !Mapping.Json.IsEmpty;

    /// <exception cref="ArgumentException">The mapping has errors: <see cref="InputMapping.Check"/> first.</exception>
    public static CompiledMapping Of(InputMapping mapping)
    {
        var errors = mapping.Check();
        return errors.Count == 0
            ? new CompiledMapping(mapping)
            : throw new ArgumentException($"{errors[0].Path}: {errors[0].Message}", nameof(mapping));
    }

    internal ref readonly SourceBinding this[int binding] => ref _bindings[binding];

    internal ref readonly LineBinding Line(int binding) => ref _lineBindings[binding];

    /// <summary>The first binding of a path, -1 when it is bound to no field.</summary>
    internal int FirstOfPath(ReadOnlySpan<byte> path) => _byPath.Find(path);

    internal int FirstOfOuterPath(ReadOnlySpan<byte> path) => _byOuterPath.Find(path);

    /// <summary>The first binding of a path inside an item.</summary>
    internal int FirstOfLinePath(ReadOnlySpan<byte> path) => _byLinePath.Find(path);

    /// <summary>The first binding of a column counted from 1, -1 when it is bound to no field.</summary>
    internal int FirstOfColumn(int column) => _byColumn.GetValueOrDefault(column, -1);

    /// <summary>The selections among the elements of a list; empty when no path enters it.</summary>
    internal ReadOnlySpan<ListStepBytes> SelectionsOf(ReadOnlySpan<byte> list) =>
        _lists.Length > 0 && _listPaths.Find(list) is >= 0 and var index ? _lists[index] : default;

    /// <summary>The rank of a list of items, -1 for any other list.</summary>
    internal int ItemListRank(ReadOnlySpan<byte> list) => _itemLists.Find(list);

    /// <summary>Whether the text at a path is JSON itself.</summary>
    internal bool IsJson(ReadOnlySpan<byte> path) => _json.Find(path) >= 0;

    internal FieldRules? RulesOf(MappedField field) => _rules[(int)field];

    internal FieldRules? RulesOf(LineField field) => _lineRules[(int)field];

    /// <summary>Whether a value fulfils a condition.</summary>
    internal bool Fulfils(int condition, ReadOnlySpan<byte> value) =>
        _conditions[condition] is { } expected ? value.SequenceEqual(expected) : !value.IsEmpty;

    /// <summary>Whether an object or a list fulfils it by being there.</summary>
    internal bool IsFulfilledByPresence(int condition) => _conditions[condition] is null;

    internal EventType TypeOf(ReadOnlySpan<byte> name)
    {
        var mapped = _eventTypes.Find(name);
        return mapped >= 0 ? new EventType((ushort)mapped) : EventTypes.Intern(name);
    }

    private static string Path(string written) => FieldPath.TryParse(written, out var path, out _) ? path.Text : written;

    private void BindMapped(MappingTables tables)
    {
        foreach (var (name, mapped) in Mapping.Fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var isField = MappedFieldNames.TryParse(name, out var field);
            var target = isField ? field : MappedField.Property;
            var property = Encoding.UTF8.GetBytes(isField ? "" : name[MappedFieldNames.PropertyPrefix.Length..]);
            var rules = isField ? null : FieldRules.Of(mapped, isId: false, Mapping.Missing);
            for (var rank = 0; rank < mapped.From.Length; rank++)
            {
                FieldSource.TryParse(mapped.From[rank], out var source, out _);
                tables.Bind(source, target, rank, property, rules);
            }
        }

        for (var field = MappedField.EventId; field < MappedField.Property; field++)
        {
            _rules[(int)field] = FieldRules.Of(
                Mapping.Fields.GetValueOrDefault(MappedFieldNames.NameOf(field)), MappedFieldNames.IsId(field), Mapping.Missing);
        }
    }

    // A name that the mapping reads has the mapping's meaning alone, and so has a field that it binds.
    private void BindDefaults(MappingTables tables)
    {
        for (var field = MappedField.EventId; field < MappedField.Property; field++)
        {
            if (Mapping.Fields.ContainsKey(MappedFieldNames.NameOf(field))
                || (field == MappedField.EventTime && Mapping.TimestampFrom == TimestampSource.Record)
                || (field == MappedField.CustomerId && Mapping.CustomerFrom == CustomerSource.Key))
            {
                continue;
            }

            var names = DefaultNames.Of(field);
            for (var rank = 0; rank < names.Count; rank++)
            {
                if (!tables.HasPath(names[rank]))
                {
                    FieldSource.TryParse(names[rank], out var source, out _);
                    var property = names[rank][(names[rank].LastIndexOf('.') + 1)..];
                    tables.Bind(source, field, rank, Encoding.UTF8.GetBytes(property), null);
                }
            }
        }
    }

    private void BindLines(MappingTables tables)
    {
        foreach (var (name, mapped) in Mapping.Items.Fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            LineFieldNames.TryParse(name, out var field);
            for (var rank = 0; rank < mapped.From.Length; rank++)
            {
                FieldSource.TryParse(mapped.From[rank], out var source, out _);
                tables.AddLists(source.Lists);
                tables.BindLine(source.Text, field, rank);
            }
        }

        for (var field = LineField.ProductId; (int)field < LineFieldNames.Count; field++)
        {
            var mapped = Mapping.Items.Fields.GetValueOrDefault(LineFieldNames.NameOf(field));
            _lineRules[(int)field] = FieldRules.Of(mapped, field == LineField.ProductId, Mapping.Missing);
            var names = mapped is null ? LineFieldNames.DefaultsOf(field) : [];
            for (var rank = 0; rank < names.Count; rank++)
            {
                if (!tables.HasLinePath(names[rank]))
                {
                    tables.BindLine(names[rank], field, rank);
                }
            }
        }
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
