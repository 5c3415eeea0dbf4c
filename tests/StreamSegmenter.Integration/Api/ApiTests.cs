using System.Net;
using System.Text.Json.Nodes;
using StreamSegmenter.Testing.Checks;

namespace StreamSegmenter.Integration.Api;

/// <summary>The API of a running engine: what it answers is what its description says, and what the engine did.</summary>
public sealed class ApiTests(OpenShop shop) : IClassFixture<OpenShop>
{
    [Fact]
    public async Task Every_path_answers_as_the_document_describes()
    {
        var document = new OpenApiCheck(await shop.GetAsync("/api/v1/openapi.json"));
        var customer = await AnyCustomerAsync();
        var version = (await shop.GetAsync("/api/v1/definitions/versions"))["versions"]![0]!["version"]!.GetValue<string>();
        foreach (var path in document.Paths.Where(path => path != "/api/v1/stream"))
        {
            var target = path.Replace("{segment}", "vip", StringComparison.Ordinal).Replace("{customerId}", customer, StringComparison.Ordinal)
                .Replace("{version}", version, StringComparison.Ordinal);
            Assert.Equal([], document.Check(path, 200, await shop.GetAsync(target)));
        }

        Assert.InRange(document.Paths.Count(), 14, int.MaxValue);
        Assert.All(document.Paths, path => Assert.StartsWith("/api/v1/", path));
    }

    [Theory]
    [InlineData("/api/v1/customers/nobody", HttpStatusCode.NotFound, "no such customer")]
    [InlineData("/api/v1/segments/vipp/members", HttpStatusCode.NotFound, "Did you mean 'vip'?")]
    [InlineData("/api/v1/triggers?limit=0", HttpStatusCode.BadRequest, "1 to 1000")]
    [InlineData("/api/v1/triggers?limit=many", HttpStatusCode.BadRequest, "limit")]
    [InlineData("/api/v1/conversions?windowMs=7", HttpStatusCode.BadRequest, "10000, 60000")]
    [InlineData("/api/v1/conversions?dimension=colour", HttpStatusCode.BadRequest, "'device'")]
    [InlineData("/api/v1/stream?kinds=clicks", HttpStatusCode.BadRequest, "membership")]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound, "Not Found")]
    public async Task What_is_wrong_is_a_problem_with_a_remedy(string path, HttpStatusCode status, string detail)
    {
        using var response = await shop.Client.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trigger_is_on_the_timeline_of_its_customer()
    {
        var trigger = (await shop.GetAsync("/api/v1/triggers?kind=emitted&limit=1"))["records"]![0]!;
        var customer = await shop.GetAsync($"/api/v1/customers/{trigger["customerId"]}");
        Assert.Contains(customer["past"]!.AsArray(), item =>
            item!["what"]!.GetValue<string>() == "trigger" && item["triggerId"]!.GetValue<string>() == trigger["triggerId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Pages_of_members_add_up_to_the_size_of_the_segment()
    {
        await shop.UntilAsync("/api/v1/segments", page => Size(page) > 20);
        var members = new HashSet<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await shop.GetAsync($"/api/v1/segments/shopping-now/members?limit=10&after={after}");
            Assert.All(page["members"]!.AsArray(), member => Assert.True(members.Add(member!["customerId"]!.GetValue<string>())));
            after = page["next"]?.GetValue<string>();
        }

        // Customers come and go while the pages are read.
        var size = Size(await shop.GetAsync("/api/v1/segments"));
        Assert.InRange(members.Count, size / 2, (size * 2) + 20);

        static long Size(JsonNode page) =>
            page["segments"]!.AsArray().Single(segment => segment!["segment"]!.GetValue<string>() == "shopping-now")!["members"]!.GetValue<long>();
    }

    [Fact]
    public async Task A_customer_id_may_hold_anything()
    {
        foreach (var id in (string[])["a/b", "a%2Fb", "..", "?x", "é 中", "a&b=c", "#", "%"])
        {
            using var response = await shop.Client.GetAsync($"/api/v1/customers/{Uri.EscapeDataString(id)}");
            Assert.True(response.StatusCode is HttpStatusCode.NotFound, $"{id}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task A_stream_goes_on_behind_the_last_event_that_its_reader_has()
    {
        var first = await ReadStreamAsync(null, 6);
        var again = await ReadStreamAsync(first[2].Id, 3);
        Assert.Equal(first.Skip(3), again);
        Assert.Equal(6, first.Select(item => item.Id).Distinct().Count());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/stream");
        request.Headers.Add("Last-Event-ID", "nonsense");
        using var refused = await shop.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_read_it_under_a_name_of_its_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        request.Headers.Host = "evil.example";
        using var response = await shop.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.DoesNotContain("version", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> AnyCustomerAsync() =>
        (await shop.GetAsync("/api/v1/triggers?kind=emitted&limit=1"))["records"]![0]!["customerId"]!.GetValue<string>();

    private async Task<List<(string Id, string Kind, string Data)>> ReadStreamAsync(string? lastId, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/stream?kinds=trigger,membership");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        using var response = await shop.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        var items = new List<(string, string, string)>();
        string id = "", kind = "";
        while (items.Count < count && await reader.ReadLineAsync(limit.Token) is { } line)
        {
            (id, kind) = (line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id, line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : kind);
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                items.Add((id, kind, line[6..]));
            }
        }

        return items;
    }
}
