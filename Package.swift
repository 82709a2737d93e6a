// swift-tools-version: 6.2
import PackageDescription

// MARK: - Products of other packages

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// MARK: - How every target of this project is compiled

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

func shared(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: ["README.md"] + exclude,
        resources: resources, swiftSettings: strict)
}

/// A C library of the system: a module map and inline shims, nothing else. `pkgConfig` only where headers lie in many folders:
/// SwiftPM leaves out what it does not know of its flags and says so ("prohibited flag(s): -pthread").
func library(_ name: String, pkgConfig: String? = nil, apt: [String]) -> Target {
    .systemLibrary(name: name, path: "Shared/C/\(name)", pkgConfig: pkgConfig, providers: [.apt(apt)])
}

func service(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Services/\(name)", exclude: ["README.md"] + exclude,
        resources: resources, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, resources: resources,
        swiftSettings: strict)
}

/// What each of the five services is built from.
let rooms: [Target.Dependency] = [
    "CardProgramme", "Contracts", "Messaging", "Storage", "PostgreSQL", "ServiceRuntime", "Access", "AccessJournal",
    hummingbird, serviceLifecycle, configuration, logging, httpTypes, nioCore,
]

let package = Package(
    name: "youdai",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "intake", targets: ["Intake"]),
        .executable(name: "verification", targets: ["Verification"]),
        .executable(name: "review", targets: ["Review"]),
        .executable(name: "notification", targets: ["Notification"]),
        .executable(name: "issuance", targets: ["Issuance"]),
        .executable(name: "message-centre", targets: ["MessageCentre"]),
        .executable(name: "youdai", targets: ["Operations"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // MARK: - C libraries
        library("CHiredis", apt: ["libhiredis-dev"]),
        library("CPango", pkgConfig: "pangocairo", apt: ["libpango1.0-dev"]),
        library("CPoll", apt: ["libc6-dev"]),
        library("CPostgreSQL", apt: ["libpq-dev"]),
        library("CQRCode", apt: ["libqrencode-dev"]),
        library("CRabbitMQ", apt: ["librabbitmq-dev"]),
        library("CTurboJPEG", apt: ["libturbojpeg0-dev"]),

        // MARK: - Shared
        shared("CardProgramme", [yams]),
        shared("PollExecutor", ["CPoll", nioConcurrency]),
        shared("PostgreSQL", ["CPostgreSQL", "PollExecutor", serviceLifecycle, logging, nioConcurrency]),
        shared("Storage", ["PostgreSQL", logging, crypto, nioConcurrency]),
        shared("RabbitMQ", ["CRabbitMQ", "PollExecutor", serviceLifecycle, logging, nioConcurrency]),
        shared("Redis", ["CHiredis", "PollExecutor", serviceLifecycle, logging, crypto, nioConcurrency]),
        shared("Access", ["CardProgramme", crypto]),
        shared("Contracts", ["CardProgramme", "Access"], exclude: ["asyncapi.json"]),
        shared(
            "ServiceRuntime",
            [
                "Access", "CardProgramme", "PollExecutor", "PostgreSQL", "Redis", hummingbird, serviceLifecycle,
                unixSignals,
                configuration,
                logging,
                coreMetrics, httpTypes, nioCore, nioHTTP1, nioConcurrency,
            ]),
        shared(
            "Messaging",
            [
                "CardProgramme", "Contracts", "Access", "PostgreSQL", "Storage", "RabbitMQ", "ServiceRuntime",
                serviceLifecycle,
                logging, configuration, nioConcurrency,
            ]),
        shared(
            "AccessJournal",
            ["Access", "CardProgramme", "PostgreSQL", "ServiceRuntime", "Storage", hummingbird, httpTypes]),
        shared("Portrait", ["CardProgramme", "CTurboJPEG"]),
        shared("QRCode", ["CQRCode"]),
        shared("Letters", ["CardProgramme", "CPango"]),
        shared(
            "SeatCount",
            ["CardProgramme", "Redis", "Storage", "ServiceRuntime", serviceLifecycle, logging, nioConcurrency]),
        shared("SMPP", [nioCore]),
        shared("HTTPCalls", [nioCore, nioPosix, nioHTTP1, nioTLS, nioConcurrency, logging]),
        shared("TLSCalls", ["HTTPCalls", nioCore, nioSSL]),
        shared("ShortMessages", ["CardProgramme", "HTTPCalls", "Redis", crypto, logging, nioConcurrency]),

        // MARK: - Services
        service("Intake", rooms + ["Portrait", "QRCode", "Redis", "SeatCount", nioConcurrency, crypto]),
        service("Verification", rooms),
        service("Review", rooms),
        service(
            "Notification", rooms + ["ShortMessages", "TLSCalls", "Redis", "Letters", nioConcurrency, nioPosix],
            exclude: ["UseCases/Campaigns/README.md", "UseCases/WeChat/README.md"]),
        service("Issuance", rooms + [crypto]),
        service(
            "MessageCentre",
            [
                "SMPP", "ServiceRuntime", hummingbird, serviceLifecycle, configuration, logging, httpTypes, nioCore,
                nioPosix, nioConcurrency,
            ]),
        service(
            "Operations",
            rooms + [
                "RabbitMQ", "Redis", "SeatCount", "HTTPCalls", "Portrait", nioPosix, nioConcurrency, argumentParser,
                subprocess,
                systemPackage, crypto,
                unixSignals,
            ]),

        // MARK: - Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "PostgreSQL", "RabbitMQ", "Redis", "Storage", "Messaging", "Contracts", "Access", "CardProgramme",
                "ServiceRuntime",
                "HTTPCalls", logging, serviceLifecycle, configuration, nioCore, nioPosix, nioSSL, nioConcurrency,
            ], path: "Tests/TestSupport", swiftSettings: strict),
        tests("CardProgrammeTests", ["CardProgramme"]),
        tests("PortraitTests", ["Portrait", "CardProgramme"]),
        tests("QRCodeTests", ["QRCode"]),
        tests("LettersTests", ["Letters", "CardProgramme", subprocess]),
        tests("SMPPTests", ["SMPP", nioCore]),
        tests(
            "MessageCentreTests",
            [
                "SMPP", "HTTPCalls", "TestSupport", nioCore, nioPosix, nioHTTP1, nioConcurrency,
            ]),
        tests("AccessTests", ["Access", "CardProgramme", crypto]),
        tests(
            "ContractsTests", ["Contracts", "Access", "CardProgramme", "Messaging", "RabbitMQ"], exclude: ["Fixtures"]),
        tests(
            "ServiceRuntimeTests",
            [
                "ServiceRuntime", "HTTPCalls", "Access", "CardProgramme", "PostgreSQL", hummingbird, serviceLifecycle,
                configuration, logging, coreMetrics, nioConcurrency,
            ]),
        tests(
            "PostgreSQLTests",
            ["PostgreSQL", "Storage", "PollExecutor", "TestSupport", logging, serviceLifecycle, nioConcurrency]),
        tests("RedisTests", ["Redis", "TestSupport", logging, serviceLifecycle, nioConcurrency]),
        tests(
            "SeatCountTests",
            ["SeatCount", "Redis", "CardProgramme", "ServiceRuntime", "TestSupport", logging, nioConcurrency]),
        tests(
            "ShortMessagesTests",
            [
                "CardProgramme", "ShortMessages", "HTTPCalls", "TLSCalls", "Redis", "TestSupport", nioCore, nioPosix,
                nioSSL,
                nioConcurrency, logging, serviceLifecycle,
            ]),
        tests("RabbitMQTests", ["RabbitMQ", "PollExecutor", "TestSupport", logging, serviceLifecycle]),
        tests(
            "MessagingTests",
            [
                "Messaging", "Contracts", "Access", "RabbitMQ", "PostgreSQL", "Storage", "ServiceRuntime",
                "TestSupport", logging,
                serviceLifecycle,
            ]),
        tests(
            "IntegrationTests",
            [
                "TestSupport", "Contracts", "Access", "CardProgramme", "HTTPCalls", "PostgreSQL", "RabbitMQ",
                "Messaging", "ServiceRuntime", "AccessJournal", "Portrait", nioConcurrency, crypto, subprocess,
            ]),
        tests("EndToEndTests", ["TestSupport", "Contracts", "HTTPCalls"]),
        tests(
            "FaultTests",
            ["TestSupport", "Contracts", "HTTPCalls", "PostgreSQL", "RabbitMQ", "Messaging", "Storage"]),
        tests(
            "Benchmarks",
            ["Contracts", "Access", "CardProgramme", "Messaging", "Portrait", "PostgreSQL", "RabbitMQ"]),
        tests("ArchitectureTests", []),
    ],
    swiftLanguageModes: [.v6]
)
