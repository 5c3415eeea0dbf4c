using System.Text.Json.Nodes;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A list of values of one shape.</summary>
/// <param name="item">The shape of each.</param>
/// <param name="what">What it is, after "expects".</param>
/// <param name="itemsMin">The fewest items.</param>
internal sealed class ListShape(Shape item, string what, int itemsMin = 0) : Shape
{
    private const int ItemsMax = 10_000;

    public Shape Item => item;

    public override string Expectation => what;

    public override void Check(ConfigurationNode node, string name, Problems problems)
    {
        if (node is ScalarNode { IsNull: true } && itemsMin == 0)
        {
            return;
        }

        if (node is not ListNode list)
        {
            Refuse(node, name, problems);
            return;
        }

        if (list.Items.Count < itemsMin || list.Items.Count > ItemsMax)
        {
            problems.Add(list.Place, $"'{name}' expects {itemsMin} to {ItemsMax} entries, found {list.Items.Count}");
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            item.Check(list.Items[i], $"{name}[{i}]", problems);
        }
    }

    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.ToSchema() };
        if (itemsMin > 0)
        {
            schema["minItems"] = itemsMin;
        }

        return schema;
    }
}

/// <summary>Keys that the user chooses, each with a value of one shape.</summary>
internal sealed class FreeMapShape(Shape value, string what) : Shape
{
    public Shape Value => value;

    public override string Expectation => what;

    public override void Check(ConfigurationNode node, string name, Problems problems)
    {
        if (node is ScalarNode { IsNull: true })
        {
            return;
        }

        if (node is not MapNode map)
        {
            Refuse(node, name, problems);
            return;
        }

        foreach (var entry in map.Entries)
        {
            value.Check(entry.Value, entry.Key, problems);
        }
    }

    public override JsonObject ToSchema() =>
        new() { ["type"] = "object", ["additionalProperties"] = value.ToSchema() };
}

/// <summary>A value that may be written as a text, as a list or as a map, as far as it has a shape for each.</summary>
/// <param name="map">An <see cref="ObjectShape"/> or a <see cref="FreeMapShape"/>.</param>
internal sealed class EitherShape(string what, ScalarShape scalar, ListShape? list = null, Shape? map = null) : Shape
{
    public ScalarShape Scalar => scalar;

    public ListShape? List => list;

    public Shape? Map => map;

    public override string Expectation => what;

    public override void Check(ConfigurationNode node, string name, Problems problems)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } text:
                scalar.CheckText(text, name, what, problems);
                break;
            case ListNode when list is not null:
                list.Check(node, name, problems);
                break;
            case MapNode when map is not null:
                map.Check(node, name, problems);
                break;
            default:
                Refuse(node, name, problems);
                break;
        }
    }

    public override JsonObject ToSchema() => new()
    {
        ["anyOf"] = new JsonArray([.. new Shape?[] { scalar, list, map }.OfType<Shape>().Select(shape => (JsonNode)shape.ToSchema())]),
    };
}
