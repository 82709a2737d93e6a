import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// From registration to the card in hand, and back from every level by its own route.
    @Suite struct WalkTests {
        /// What the applicant reads at a stage: whose turn, by when, and whether that is a limit or only a target.
        ///
        /// The days are counted by hand from Wednesday, 9 March 2022; the thirty of N18 pass 清明, whose Saturday is worked.
        private func expect(
            _ journey: Journey, at stage: SubmissionStage, turn: String, dueOn: String?, isLimit: Bool = false,
            _ location: SourceLocation = #_sourceLocation
        ) async throws {
            let progress = try await journey.progress(at: stage)
            let day = dueOn.flatMap { CalendarDay($0) }
            #expect(progress.dueOn == day, "\(stage)", sourceLocation: location)
            #expect(progress.dueIsLimit == isLimit, "\(stage)", sourceLocation: location)
            #expect(progress.round == journey.round, "\(stage)", sourceLocation: location)
            #expect(
                progress.chinese.contains(stage.chinese) && progress.chinese.contains(turn), "\(progress.chinese)",
                sourceLocation: location)
            #expect(progress.english.contains(stage.english), "\(progress.english)", sourceLocation: location)
            if let day {
                let word = isLimit ? "最迟\(day.chinese)" : "\(day.chinese)前"
                #expect(progress.chinese.contains(word), "\(progress.chinese)", sourceLocation: location)
                #expect(progress.english.contains(day.description), "\(progress.english)", sourceLocation: location)
            } else if !stage.isFinal {
                #expect(progress.chinese.contains("没有规定时限"), "\(progress.chinese)", sourceLocation: location)
            }
            #expect(progress.history.last?.stage == stage, sourceLocation: location)
        }

        @Test func aSubmissionBecomesADeliveredCardAndTheApplicantCanFollowIt() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.register()
            try await journey.submit()
            try await self.expect(journey, at: .awaitingStationCheck, turn: "服务站", dueOn: "2022-03-14")
            try await journey.addPhoto()
            try await journey.check()
            try await self.expect(journey, at: .awaitingVerification, turn: "区退役军人服务中心", dueOn: "2022-03-16")
            try await journey.verify()
            try await self.expect(
                journey, at: .awaitingInitialReview, turn: "区退役军人事务局", dueOn: "2022-03-18", isLimit: true)
            try await journey.review()
            try await self.expect(journey, at: .awaitingAudit, turn: "市退役军人事务局", dueOn: "2022-04-21", isLimit: true)
            try await journey.record(.city)
            try await self.expect(journey, at: .awaitingFiling, turn: "省退役军人事务厅", dueOn: "2022-04-21", isLimit: true)
            try await journey.record(.province)
            try await self.expect(journey, at: .awaitingBankCheck, turn: "合作银行", dueOn: nil)
            try await journey.record(.bank)
            try await self.expect(journey, at: .ordered, turn: "省退役军人事务厅", dueOn: nil)
            try await journey.produce()
            try await self.expect(journey, at: .inProduction, turn: "制证厂家", dueOn: nil)
            try await journey.ship()
            try await self.expect(journey, at: .inTransit, turn: "制证厂家", dueOn: nil)
            try await journey.receiveParcel()
            try await self.expect(journey, at: .atCentre, turn: "区退役军人服务中心", dueOn: "2022-03-14")
            try await journey.handOver()
            try await self.expect(journey, at: .onWayToStation, turn: "服务站", dueOn: nil)
            try await journey.receiveHandover()
            try await self.expect(journey, at: .atStation, turn: "服务站", dueOn: "2022-03-23", isLimit: true)
            try await journey.deliver()
            try await self.expect(journey, at: .delivered, turn: "全部环节已办结", dueOn: nil)

            let steps = try await journey.progress().history
            #expect(
                steps.map(\.stage) == [
                    .awaitingStationCheck, .awaitingVerification, .awaitingInitialReview, .awaitingAudit,
                    .awaitingFiling, .awaitingBankCheck,
                    .ordered, .inProduction, .inTransit, .atCentre, .onWayToStation, .atStation, .delivered,
                ])
            #expect(steps.allSatisfy { !$0.chinese.isEmpty && !$0.english.isEmpty })
            try await self.expectNotices(journey, [.submissionReceived, .cardOrdered, .cardArrived])
        }

        private func expectNotices(_ journey: Journey, _ purposes: Set<NoticePurpose>) async throws {
            try await journey.stand.settle()
            let notices = try await journey.stand.ask(
                .notification, "GET", "/api/notices?submission=\(journey.id)", as: Staff.applicant(journey.personID),
                for: NotificationAPI.WorkList.self)
            #expect(Set(notices.notices.map(\.purpose)) == purposes)
            #expect(notices.notices.count == purposes.count)
            // A request stays one, whatever becomes of its message.
            #expect(notices.notices.allSatisfy { $0.state == "recorded" && $0.personID == journey.personID })
        }

        @Test func eachLevelReturnsByItsOwnRouteAndTheCardIsStillDelivered() async throws {
            let stand = try await ServiceStand.shared()
            defer { stand.clock.set(ServiceStandClock.standard) }
            var journey = Journey(stand)
            try await journey.go(to: .awaitingStationCheck)

            // The station asks the applicant (R63, R64).
            stand.clock.tick()
            try await journey.check(.materialsUnclear)
            try await self.expectReturned(journey, at: .returnedToApplicant, turn: "申请人", reason: .materialsUnclear)
            try await journey.correct()
            #expect(journey.round == 2)
            stand.clock.tick()
            try await journey.check()

            // The centre returns to the station that accepted (R81).
            stand.clock.tick()
            try await journey.verify(.identityMismatch)
            try await self.expectReturned(journey, at: .returnedToStation, turn: "服务站", reason: .identityMismatch)
            stand.clock.tick()
            try await journey.check()
            #expect(journey.round == 3)

            // The bureau returns to the centre (R84), which passes it again (A6) …
            stand.clock.tick()
            try await journey.verify()
            stand.clock.tick()
            try await journey.review(.cardKindWrong)
            try await self.expectReturned(journey, at: .returnedToCentre, turn: "区退役军人服务中心", reason: .cardKindWrong)
            stand.clock.tick()
            try await journey.verify()
            // … or returns it further to the station (A6).
            stand.clock.tick()
            try await journey.review(.formsUnsigned)
            try await self.expectReturned(journey, at: .returnedToCentre, turn: "区退役军人服务中心", reason: .formsUnsigned)
            stand.clock.tick()
            try await journey.verify(.formsUnsigned)
            try await self.expectReturned(journey, at: .returnedToStation, turn: "服务站", reason: .formsUnsigned)
            stand.clock.tick()
            try await journey.check()
            #expect(journey.round == 4)

            // The city returns to the bureau, which passes it again.
            stand.clock.tick()
            try await journey.verify()
            stand.clock.tick()
            try await journey.review()
            stand.clock.tick()
            try await journey.record(.city, "return", .photoUnsuitable)
            try await self.expectReturned(journey, at: .returnedToBureau, turn: "区退役军人事务局", reason: .photoUnsuitable)
            stand.clock.tick()
            try await journey.review()
            stand.clock.tick()
            try await journey.record(.city)
            stand.clock.tick()
            try await journey.record(.province)
            stand.clock.tick()
            try await journey.record(.bank)
            try await journey.produce()
            try await journey.ship()
            try await journey.receiveParcel()
            try await journey.handOver()
            try await journey.receiveHandover()
            try await journey.deliver()
            let progress = try await journey.progress(at: .delivered)
            #expect(progress.round == 4 && progress.reason == nil)
            let stages = progress.history.map(\.stage)
            for stage in [
                SubmissionStage.returnedToApplicant, .returnedToStation, .returnedToCentre, .returnedToBureau,
            ] {
                #expect(stages.contains(stage), "\(stage) in \(stages)")
            }
            #expect(stages.count { $0 == .returnedToStation } == 2 && stages.count { $0 == .returnedToCentre } == 2)
        }

        private func expectReturned(
            _ journey: Journey, at stage: SubmissionStage, turn: String, reason: ReturnReason,
            _ location: SourceLocation = #_sourceLocation
        ) async throws {
            // The stage may be known a moment before its reason: two messages carry them.
            let progress = try await ServiceStand.eventually("the reason of \(stage)") {
                let progress = try await journey.progress(at: stage)
                return progress.reason == reason ? progress : nil
            }
            #expect(progress.chinese.contains(turn), "\(progress.chinese)", sourceLocation: location)
            #expect(
                progress.chinese.contains(reason.chinese) && progress.chinese.contains(reason.guidanceChinese),
                "\(progress.chinese)", sourceLocation: location)
            #expect(progress.english.contains(reason.guidanceEnglish), "\(progress.english)", sourceLocation: location)
            #expect(progress.dueOn == CalendarDay("2022-03-23") && !progress.dueIsLimit, sourceLocation: location)
        }

        @Test func whatTheCityRefusesEndsThereAndANewSubmissionIsPossible() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingAudit)
            try await journey.record(.city, "refuse", ground: .servingSentence)
            let progress = try await journey.progress(at: .refused)
            #expect(
                progress.dueOn == nil && progress.chinese.contains("不予发放") && progress.chinese.contains("区退役军人事务局咨询"))
            try await self.expectNotices(journey, [.submissionReceived, .submissionRefused])
            let answer = try await stand.call(
                .intake, "POST", "/api/submissions", as: journey.station, key: "after-refusal-\(journey.personID)",
                body: journey.newSubmission.bytes)
            #expect(answer.status == 201, "\(answer.text)")
        }

        @Test func anOldNumberOfFifteenDigitsIsTheSamePerson() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.register()
            try await stand.settle()
            for spelling in [
                try journey.person.legacyNumber, " \(try journey.person.identityNumber.lowercased()) ",
                String(
                    String.UnicodeScalarView(
                        try journey.person.identityNumber.unicodeScalars.map {
                            Unicode.Scalar($0.value + 0xFEE0) ?? $0
                        })),
            ] {
                let registration = JSON.object([
                    ("name", .string(journey.person.name)), ("identityNumber", .string(spelling)),
                    ("categories", .array([.string("warVeteran")])), ("station", .string(journey.person.station)),
                    ("phones", .array([.string(journey.person.phone)])), ("address", .string(journey.person.address)),
                    ("fileComplete", .bool(true)), ("registeredDivision", .string("341602")),
                    ("residentDivision", .string("341602")),
                ])
                let before = try await stand.digest(.intake)
                let reply = try await stand.call(
                    .intake, "POST", "/api/persons", as: journey.station, body: registration.bytes)
                #expect(reply.status == 200, "\(reply.text)")
                #expect(try reply.decoded(IntakeAPI.Person.self).id == journey.personID)
                #expect(try await stand.digest(.intake) == before)
            }
        }

        @Test func aPhotoWhoseAnswerWasLostMayComeAgainAfterTheCheckAndAnotherMayNot() async throws {
            let stand = try await ServiceStand.shared()
            var journey = Journey(stand)
            try await journey.go(to: .awaitingVerification)
            try await stand.settle()
            let before = try await stand.digests()
            func put(_ bytes: [UInt8]) async throws -> HTTPReply {
                try await stand.call(
                    .intake, "PUT", "/api/submissions/\(journey.id)/materials/photo", as: journey.station,
                    body: bytes, type: "image/jpeg")
            }
            let again = try await put(journey.person.photo)
            #expect(again.status == 200, "\(again.text)")
            #expect(try again.decoded(IntakeAPI.Submission.self).stage == .awaitingVerification)
            let other = try await put(TestPerson(number: journey.person.number + 1).photo)
            #expect(other.status == 409 && other.told("another photo")?.code == "material.closed")
            #expect(try await stand.digests() == before)
        }

        @Test func aRepeatedCallGetsTheSameAnswerAndDoesNothingTwice() async throws {
            let fixtures = try await Fixtures.shared()
            let stand = fixtures.stand
            let before = try await stand.digests()
            let waiting = fixtures[.awaitingStationCheck]
            let submission = try await stand.ask(
                .intake, "POST", "/api/submissions", waiting.newSubmission, as: waiting.station,
                key: "journey-\(waiting.personID)", for: IntakeAPI.Submission.self)
            #expect(submission.id == waiting.id)
            let transit = fixtures[.inTransit]
            let parcel = try await stand.call(
                .issuance, "POST", "/api/parcels", as: Staff.cardMaker,
                body: (["trackingNumber": .string(transit.tracking.lowercased()), "submissions": transit.cards] as JSON)
                    .bytes)
            #expect(parcel.status == 200)
            let centre = fixtures[.atCentre]
            let receipt = try await stand.call(
                .issuance, "POST", "/api/parcels/\(centre.tracking)/receipt", as: Staff.centre(),
                body: Journey.intact.bytes)
            #expect(receipt.status == 200)
            let way = fixtures[.onWayToStation]
            let handover = try await stand.call(
                .issuance, "POST", "/api/handovers", as: Staff.centre(), key: "handover-\(way.id)",
                body: (["station": .string(way.person.station), "submissions": way.cards] as JSON).bytes)
            #expect(handover.status == 200)
            let delivered = fixtures[.delivered]
            let delivery = try await stand.call(
                .issuance, "POST", "/api/orders/\(delivered.id)/delivery", as: delivered.station,
                body: Journey.delivery.bytes)
            #expect(delivery.status == 200)
            let list = try await stand.ask(
                .review, "POST", "/api/decisions", fixtures[.awaitingFiling].superior(.city), as: Staff.superior,
                for: CaseAPI.SuperiorOutcomes.self)
            #expect(list.outcomes.map(\.result) == [.alreadyRecorded])
            #expect(try await stand.digests() == before)
        }
    }
}
