using System.Diagnostics;
using System.Text.RegularExpressions;
using Ledger.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Ledger.App.Tests.Operations;

public sealed class DeploymentTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly YamlMappingNode Compose = Load();
    private static readonly string[] Dockerfile = File.ReadAllLines(Path.Combine(Repository.Root, "deploy/Dockerfile"));

    [Fact]
    public void Every_password_must_be_given_and_none_has_a_default()
    {
        var passwords = Scalars(Compose).Where(text => text.Contains("PASSWORD", StringComparison.Ordinal) && text.Contains('$', StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(passwords);
        Assert.All(passwords, text => Assert.Matches(@"^\$\{LEDGER_[A-Z]+_PASSWORD:\?[^}]+\}$", text));
        foreach (var service in Services())
            foreach (var (name, value) in Environment(service).Where(one => one.Name.EndsWith("PASSWORD", StringComparison.Ordinal)))
                Assert.True(value.StartsWith("${", StringComparison.Ordinal), $"{name} is {value}");
        Assert.DoesNotContain(Scalars(Compose), text => Regex.IsMatch(text, "Password=", RegexOptions.IgnoreCase));
    }

    [Fact]
    public void The_server_logs_in_with_its_own_role_and_never_learns_the_owners_password()
    {
        Assert.Contains("Username=ledger_app;", Value(Environment(Service("ledger")), "ConnectionStrings__Ledger") + ";", StringComparison.Ordinal);
        Assert.Contains("Username=ledger;", Value(Environment(Service("migrate")), "ConnectionStrings__Ledger") + ";", StringComparison.Ordinal);
        Assert.DoesNotContain(Scalars(Service("ledger")), text => text.Contains("OWNER", StringComparison.Ordinal));
    }

    [Fact]
    public void The_server_starts_after_a_healthy_database_was_migrated_and_both_tell_their_health()
    {
        var waits = (YamlMappingNode)Service("ledger")["depends_on"];
        Assert.Equal("service_healthy", Text(waits["postgres"]["condition"]));
        Assert.Equal("service_completed_successfully", Text(waits["migrate"]["condition"]));
        Assert.Equal("migrate", Text(Service("migrate")["command"][0]));
        Assert.Equal("pg_isready", Text(Service("postgres")["healthcheck"]["test"][1]));
        Assert.Equal("healthcheck", Text(Service("ledger")["healthcheck"]["test"][1]));
    }

    [Fact]
    public void What_must_outlive_a_container_is_in_a_named_volume()
    {
        var volumes = ((YamlMappingNode)Compose["volumes"]).Children.Keys.Select(Text).ToList();
        foreach (var (service, folder) in new[] { ("postgres", "/var/lib/postgresql/data"), ("ledger", "/data") })
        {
            var mount = ((YamlSequenceNode)Service(service)["volumes"]).Select(Text).Single(one => one.EndsWith(":" + folder, StringComparison.Ordinal));
            Assert.Contains(mount.Split(':')[0], volumes);
        }

        Assert.Contains("ENV LEDGER_DATA=/data", string.Join('\n', Dockerfile), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_compose_and_the_Dockerfile_name_are_there()
    {
        foreach (var mount in ((YamlSequenceNode)Service("postgres")["volumes"]).Select(Text).Where(one => one.StartsWith("./", StringComparison.Ordinal)))
            Assert.True(File.Exists(Path.Combine(Repository.Root, mount.Split(':')[0])), mount);
        Assert.True(File.Exists(Path.Combine(Repository.Root, Text(Service("ledger")["build"]["dockerfile"]))));
        foreach (var line in Dockerfile.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)))
            Assert.All(line.Split(' ')[1..^1], name => Assert.True(Path.Exists(Path.Combine(Repository.Root, name)), name));
    }

    [Fact]
    public void The_image_runs_as_an_ordinary_user_and_checks_its_health()
    {
        var last = Dockerfile[Array.FindLastIndex(Dockerfile, line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
        Assert.Contains("USER $APP_UID", last);
        Assert.Contains(last, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal));
        Assert.DoesNotContain(Dockerfile, line => line.Contains("PASSWORD", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    public async Task The_image_s_health_check_asks_whether_the_server_is_ready(int status, int exitCode)
    {
        // What it says would stand among what other tests have the program print.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapGet("/health/ready", () => Results.StatusCode(status));
        await server.StartAsync(Cancel);

        Assert.Equal(exitCode, await RunScript("deploy/healthcheck", new Uri(server.Urls.Single()).Port.ToString()));
    }

    [Fact]
    public async Task The_health_check_fails_when_nobody_listens() =>
        Assert.NotEqual(0, await RunScript("deploy/healthcheck", "1"));

    private static async Task<int> RunScript(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, script), arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode;
    }

    private static YamlMappingNode Load()
    {
        using var text = File.OpenText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<YamlMappingNode> Services() => ((YamlMappingNode)Compose["services"]).Children.Values.Cast<YamlMappingNode>();

    private static YamlMappingNode Service(string name) => (YamlMappingNode)Compose["services"][name];

    private static List<(string Name, string Value)> Environment(YamlMappingNode service) =>
        [.. ((YamlMappingNode)service["environment"]).Children.Select(one => (Text(one.Key), Text(one.Value)))];

    private static string Value(List<(string Name, string Value)> environment, string name) => environment.Single(one => one.Name == name).Value;

    private static IEnumerable<string> Scalars(YamlNode node) => node.AllNodes.OfType<YamlScalarNode>().Select(Text);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
