using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Collects what is looked up by name while a mapping is compiled.</summary>
internal sealed class MappingTables
{
    private readonly Dictionary<string, int> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _outerPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _linePaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Text, FieldSourceKind Kind, int Column, string? Value), int> _conditionIds = [];

    public List<SourceBinding> Bindings { get; } = [];

    public List<LineBinding> LineBindings { get; } = [];

    public List<(int Binding, byte[] Value)> Constants { get; } = [];

    public Dictionary<int, int> Columns { get; } = [];

    public List<List<ListStep>> Lists { get; } = [];

    /// <summary>What each condition's value must be; null: any.</summary>
    public List<byte[]?> Conditions { get; } = [];

    public Utf8Table Paths => new(_paths);

    public Utf8Table OuterPaths => new(_outerPaths);

    public Utf8Table LinePaths => new(_linePaths);

    public Utf8Table ListPaths => new(_lists);

    public bool HasPath(string path) => _paths.ContainsKey(path);

    public bool HasLinePath(string path) => _linePaths.ContainsKey(path);

    public void Bind(FieldSource source, MappedField field, int rank, byte[] property, FieldRules? rules)
    {
        var condition = source.Condition is { } when ? ConditionOf(when) : -1;
        Add(source, field, rank, property, rules, condition, source.Condition?.IsNegated == true);
    }

    public void BindLine(string path, LineField field, int rank)
    {
        LineBindings.Add(new LineBinding(field, rank, _linePaths.GetValueOrDefault(path, -1)));
        _linePaths[path] = LineBindings.Count - 1;
    }

    /// <summary>Lists whose elements a path selects must be walked for them.</summary>
    public void AddLists(IEnumerable<ListStep> steps)
    {
        foreach (var step in steps)
        {
            if (!_lists.TryGetValue(step.List, out var list))
            {
                list = _lists[step.List] = Lists.Count;
                Lists.Add([]);
            }

            if (!Lists[list].Contains(step))
            {
                Lists[list].Add(step);
            }
        }
    }

    private int ConditionOf(SourceCondition when)
    {
        var key = (when.Of.Text, when.Of.Kind, when.Of.Column, when.Value);
        if (!_conditionIds.TryGetValue(key, out var id))
        {
            id = _conditionIds[key] = Conditions.Count;
            Conditions.Add(when.Value is null ? null : Encoding.UTF8.GetBytes(when.Value));
            Add(when.Of, MappedField.Condition, id, [], null, -1, false);
        }

        return id;
    }

    private void Add(FieldSource source, MappedField field, int rank, byte[] property, FieldRules? rules, int condition, bool isUnless)
    {
        int Put(int next)
        {
            Bindings.Add(new SourceBinding(field, rank, property, next)
            {
                Condition = condition, IsUnless = isUnless, Rules = rules,
                IsShared = source.Kind is FieldSourceKind.OuterPath or FieldSourceKind.Constant,
            });
            return Bindings.Count - 1;
        }

        AddLists(source.Lists);
        switch (source.Kind)
        {
            case FieldSourceKind.Path:
                _paths[source.Text] = Put(_paths.GetValueOrDefault(source.Text, -1));
                break;
            case FieldSourceKind.OuterPath:
                _outerPaths[source.Text] = Put(_outerPaths.GetValueOrDefault(source.Text, -1));
                break;
            case FieldSourceKind.Column:
                Columns[source.Column] = Put(Columns.GetValueOrDefault(source.Column, -1));
                break;
            default:
                Constants.Add((Put(-1), Encoding.UTF8.GetBytes(source.Text)));
                break;
        }
    }
}
