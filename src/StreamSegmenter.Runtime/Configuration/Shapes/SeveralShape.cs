using System.Text.Json.Nodes;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A value that may be written as a text, as a list or as a map; which, decides its shape.</summary>
internal sealed class SeveralShape(string what, ScalarShape scalar, ListShape list, ObjectShape map) : Shape
{
    public ListShape List => list;

    public ObjectShape Map => map;

    public override string Expectation => what;

    public override void Check(ConfigurationNode node, string name, Problems problems)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } text:
                scalar.CheckText(text, name, what, problems);
                break;
            case ListNode:
                list.Check(node, name, problems);
                break;
            case MapNode:
                map.Check(node, name, problems);
                break;
            default:
                Refuse(node, name, problems);
                break;
        }
    }

    public override JsonObject ToSchema() =>
        new() { ["anyOf"] = new JsonArray(scalar.ToSchema(), list.ToSchema(), map.ToSchema()) };
}
