using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>A place in the tree of record shapes: the members read so far, by name and in order. Records of one producer walk the same
/// few paths, so the next name is nearly always that of the branch taken last.</summary>
internal sealed class JsonShapeNode
{
    private const int BranchesMax = 16;
    private const int DepthMax = 8;

    private readonly List<JsonShapeNode> _branches = [];
    private readonly JsonShapeNode? _parent;
    private readonly OpenObject _around;
    private JsonShapeNode? _inside;
    private JsonShapeNode? _behind;
    private ShapePlan? _plan;
    private bool _isKnown;

    private JsonShapeNode(JsonShapeNode? parent, byte[] quotedName, byte[] path, OpenObject around)
    {
        _parent = parent;
        _around = around;
        QuotedName = quotedName;
        Path = path;
    }

    // The object that the next member belongs to: its path with a dot behind it, empty for the record itself.
    private sealed record OpenObject(byte[] Prefix, OpenObject? Outer)
    {
        public int Depth { get; } = Outer is null ? 0 : Outer.Depth + 1;
    }

    /// <summary>The member's name as it stands in a record, quotation marks included; empty where an object begins or ends.</summary>
    public byte[] QuotedName { get; }

    /// <summary>The member's dotted path.</summary>
    public byte[] Path { get; }

    /// <summary>Whether the next brace that closes an object closes the record.</summary>
    public bool IsOutermost => _around.Outer is null;

    /// <summary>The bindings of the member, each an entry of the draft; -1 alone where it is a property under its own name.</summary>
    public int[] Bindings { get; private init; } = [];

    /// <summary>The branch taken last.</summary>
    public JsonShapeNode? Likely { get; private set; }

    public static JsonShapeNode Root() => new(null, [], [], new OpenObject([], null));

    /// <summary>The branch of a member, null when there are too many already.</summary>
    public JsonShapeNode? Branch(ReadOnlySpan<byte> quotedName, CompiledMapping mapping, ref int nodes)
    {
        foreach (var branch in _branches)
        {
            if (quotedName.SequenceEqual(branch.QuotedName))
            {
                Likely = branch;
                return branch;
            }
        }

        if (_branches.Count == BranchesMax || quotedName.Length + _around.Prefix.Length > EventDraft.PathBytesMax)
        {
            return null;
        }

        nodes++;
        byte[] path = [.. _around.Prefix, .. quotedName[1..^1]];
        Likely = new JsonShapeNode(this, quotedName.ToArray(), path, _around) { Bindings = BindingsOf(path, mapping) };
        _branches.Add(Likely);
        return Likely;
    }

    /// <summary>The place behind the brace that opens the member's value; null when the object itself means something to the mapping, or
    /// lies deep.</summary>
    public JsonShapeNode? Inside(ref int nodes)
    {
        if (_inside is null && Bindings is [< 0] && _around.Depth < DepthMax)
        {
            nodes++;
            byte[] prefix = Path.Length == 0 ? [] : [.. Path, (byte)'.'];
            _inside = new JsonShapeNode(_parent, [], [], new OpenObject(prefix, _around));
        }

        return _inside;
    }

    /// <summary>The place behind the brace that closes the object around this place, which is not the record.</summary>
    public JsonShapeNode Behind(ref int nodes)
    {
        if (_behind is null)
        {
            nodes++;
            _behind = new JsonShapeNode(this, [], [], _around.Outer!);
        }

        return _behind;
    }

    /// <summary>What the values of a record that ends here mean; null when such a record must be read value by value.</summary>
    public ShapePlan? Plan(CompiledMapping mapping)
    {
        if (!_isKnown)
        {
            var entries = new List<(int Binding, byte[] Path)>();
            for (var node = this; node is not null; node = node._parent)
            {
                entries.InsertRange(0, node.Bindings.Select(binding => (binding, node.Path)));
            }

            _plan = ShapePlan.Of(mapping, entries);
            _isKnown = true;
        }

        return _plan;
    }

    private static int[] BindingsOf(byte[] path, CompiledMapping mapping)
    {
        var bindings = new List<int>();
        for (var binding = mapping.FirstOfPath(path); binding >= 0; binding = mapping[binding].Next)
        {
            bindings.Add(binding);
        }

        return bindings.Count > 0 ? [.. bindings] : [-1];
    }
}
